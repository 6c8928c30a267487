import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { start } from "./common.js";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  PieChart,
  TooltipComponent,
]);

const INK = "#1f1b16";
const SOFT = "#70665d";
const LINE = "#f0e8dc";
const COLOURS = ["#e2502b", "#f2b79f", "#2f7d5b", "#c98a1b", "#33648c", "#8a6bd1", "#b9afa2"];
const STEPS = ["#cb421e", "#d9633d", "#e5855f", "#eea684", "#f5c6ad"];
const FONT = getComputedStyle(document.body).fontFamily;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawn = new Map();

const short = (value) => {
  const size = Math.abs(value);
  if (size >= 10_000) return `${+(value / 10_000).toFixed(1)}万`;
  return size >= 1_000 ? `${+(value / 1_000).toFixed(1)}k` : `${value}`;
};

const formats = {
  money: (value) => (value == null ? "–" : `¥${(value / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 })}`),
  percent: (value) => (value == null ? "–" : `${value.toFixed(1)}%`),
  number: (value) => (value == null ? "–" : value.toLocaleString("zh-CN")),
};

function lineOrBar(series, index) {
  const colour = series.colour || COLOURS[index % COLOURS.length];
  const shared = { name: series.name, data: series.data, yAxisIndex: series.axis || 0, stack: series.stack };
  const tooltip = { valueFormatter: formats[series.format || "number"] };
  if (series.type === "bar")
    return { ...shared, tooltip, type: "bar", barMaxWidth: 18, itemStyle: { color: colour, borderRadius: series.stack ? 0 : [5, 5, 0, 0] } };
  return {
    ...shared,
    tooltip,
    type: "line",
    smooth: 0.3,
    smoothMonotone: "x",
    symbol: "circle",
    showSymbol: series.data.length < 2,
    symbolSize: 6,
    lineStyle: { width: series.faint ? 1.6 : 2.5, type: series.faint ? [4, 4] : "solid" },
    itemStyle: { color: series.faint ? "#b0a596" : colour },
    areaStyle: series.area
      ? { color: new echarts.graphic.LinearGradient(0, 0, 0, 1, [{ offset: 0, color: `${colour}40` }, { offset: 1, color: `${colour}00` }]) }
      : undefined,
  };
}

function axes(chart) {
  const label = { color: SOFT, fontSize: 11, fontFamily: FONT };
  const value = (format, index) => ({
    type: "value",
    splitLine: index ? { show: false } : { lineStyle: { color: LINE } },
    axisLabel: { ...label, formatter: (number) => (format === "money" ? short(number / 100) : format === "percent" ? `${number}%` : short(number)) },
    minInterval: format === "number" ? 1 : undefined,
  });
  return {
    grid: { left: 6, right: 6, top: chart.series.length > 1 ? 34 : 14, bottom: 2, containLabel: true },
    xAxis: {
      type: "category",
      data: chart.labels,
      axisLine: { lineStyle: { color: LINE } },
      axisTick: { show: false },
      axisLabel: { ...label, hideOverlap: true },
    },
    yAxis: (chart.axes || ["number"]).map(value),
    series: chart.series.map(lineOrBar),
  };
}

// People who went one step further, with the share of the step before.
function steps(chart) {
  const [{ data }] = chart.series;
  const words = ({ dataIndex, value }) => {
    const before = data[dataIndex - 1];
    return before ? `${formats.number(value)}  {share|${formats.percent((value / before) * 100)}}` : formats.number(value);
  };
  return {
    grid: { left: 4, right: 104, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false, max: data[0] || 1 },
    yAxis: {
      type: "category",
      inverse: true,
      data: chart.labels,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 12, fontFamily: FONT },
    },
    series: [
      {
        name: chart.series[0].name,
        type: "bar",
        barWidth: "58%",
        showBackground: true,
        backgroundStyle: { color: "#f7f1e8", borderRadius: 8 },
        itemStyle: { borderRadius: 8, color: ({ dataIndex }) => STEPS[Math.min(dataIndex, STEPS.length - 1)] },
        label: { show: true, position: "right", color: INK, fontWeight: 600, fontFamily: FONT, formatter: words, rich: { share: { color: SOFT, fontSize: 11 } } },
        data: data.map((value) => ({ value })),
      },
    ],
  };
}

function round(chart) {
  const rows = chart.labels.map((name, index) => ({ name, value: chart.series[0].data[index] }));
  const label = { color: INK, fontFamily: FONT, fontSize: 12 };
  return {
    series: [
      { type: "pie", radius: ["54%", "78%"], center: ["50%", "50%"], label, labelLine: { lineStyle: { color: "#d8cab6" } }, itemStyle: { borderColor: "#fff", borderWidth: 2, borderRadius: 5 }, data: rows },
    ],
  };
}

const SHAPES = { pie: round, funnel: steps };

function options(chart) {
  const isRound = chart.type === "pie";
  return {
    color: COLOURS,
    animation: !still,
    animationDuration: 500,
    textStyle: { fontFamily: FONT },
    aria: { enabled: true, label: { description: chart.description } },
    tooltip: {
      trigger: isRound ? "item" : "axis",
      backgroundColor: "#fff",
      borderColor: "#ece5da",
      padding: [8, 12],
      textStyle: { color: INK, fontSize: 12, fontFamily: FONT },
      axisPointer: { type: "line", lineStyle: { color: "#d8cab6" } },
      // Drawn on the canvas: HTML tips carry inline styles, which the content policy forbids.
      renderMode: "richText",
      borderRadius: 12,
    },
    legend: {
      show: !isRound && chart.series.length > 1,
      top: 0,
      left: 0,
      icon: "roundRect",
      itemWidth: 10,
      itemHeight: 10,
      textStyle: { color: SOFT, fontSize: 12, fontFamily: FONT },
    },
    ...(SHAPES[chart.type] || axes)(chart),
  };
}

function draw(place) {
  const chart = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const known = drawn.get(place) || echarts.init(place, null, { renderer: "canvas" });
  known.setOption(options(chart), true);
  known.off("click");
  known.on("click", ({ dataIndex }) => {
    const link = chart.links?.[dataIndex];
    if (link) location.assign(link);
  });
  if (!drawn.has(place)) {
    drawn.set(place, known);
    new ResizeObserver(() => known.resize()).observe(place);
  }
}

function drawAll(root) {
  if (root.matches?.("[data-chart]")) draw(root);
  root.querySelectorAll("[data-chart]").forEach(draw);
}

// A panel that renews itself leaves open what somebody is reading.
let opened = [];
const kept = (part) => [...part.querySelectorAll("details[data-keep]")];
document.addEventListener("htmx:beforeSwap", (event) => {
  opened = kept(event.detail.target).filter((part) => part.open).map((part) => part.dataset.keep);
});
document.addEventListener("htmx:afterSwap", () => {
  kept(document).forEach((part) => opened.includes(part.dataset.keep) && part.setAttribute("open", ""));
  opened = [];
});
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  const known = drawn.get(event.detail.elt);
  if (!known) return;
  known.dispose();
  drawn.delete(event.detail.elt);
});

// A background tab asks for nothing: polling stops while nobody looks.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
});

start();
drawAll(document);
