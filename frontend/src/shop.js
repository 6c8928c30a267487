import Alpine from "alpinejs";
import "htmx.org";

window.Alpine = Alpine;
Alpine.start();
