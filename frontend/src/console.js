import Alpine from "alpinejs";
import "htmx.org";
import * as echarts from "echarts/core";

window.Alpine = Alpine;
window.echarts = echarts;
Alpine.start();
