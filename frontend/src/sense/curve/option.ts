/** What ECharts is told: axes, line, band, level lines, now, doubts, and where a rule fires. */
import { instant, moment } from '@/locale/figures'
import { t } from '@/locale'
import { levelPaint, type Level } from '../levels'
import { figure, flagNames } from '../value'
import type { EChartsCoreOption } from './echarts'
import { extentOf, type Curve, type Extent } from './points'
import type { Period } from './load'

export interface LevelLine {
  label: string
  value: number
  level?: Level
}

export interface Fire {
  start: number
  /** Null: to the end of what is shown. */
  end: number | null
  level: Level
}

export interface Drawn {
  label: string
  unit: string
  decimals: number
  curve: Curve
  /** Bars: a quantity that adds up. */
  summed?: boolean
  /** A measured past that does not reach now: grey. */
  old?: boolean
  /** Where both stand on one sheet: what was measured is solid ink, what is forecast never solid. */
  told?: 'measured' | 'forecast'
}

export interface Asked {
  drawn: Drawn[]
  levels: LevelLine[]
  period: Period
  now: number
  fires?: Fire[]
  /** Without time labels: another chart stands below on the same axis. */
  bare?: boolean
  /** Factor of the type on screen. */
  scale: number
  /** Pixels from top to bottom. */
  height: number
}

/** Inks of several curves on one sheet, told apart by a dash as well. */
export const INKS = ['--accent', '--curve-2', '--curve-3', '--curve-4', '--curve-5', '--curve-6']
const DASHES: ('solid' | number[])[] = ['solid', [6, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 2]]

/** How one curve looks, on the sheet as in its key. */
export function lookOf({ old, told }: Pick<Drawn, 'old' | 'told'>, place: number) {
  if (told === 'measured') return { ink: '--ink', dash: 'solid' as const, wide: 2.6 }
  const hue = INKS[place % INKS.length] as string
  const dash = DASHES[
    (place + Number(told === 'forecast')) % DASHES.length
  ] as (typeof DASHES)[number]
  return { ink: old ? '--ink-3' : hue, dash, wide: 1.8 }
}

const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export function limitsOf(asked: Asked): Extent | null {
  const decimals = asked.drawn[0]?.decimals ?? 2
  const extent = extentOf(
    asked.drawn.map(({ curve }) => curve),
    asked.levels.map(({ value }) => value),
    10 ** -decimals,
  )
  // Rain and its like begin at nothing, which is a value there.
  if (extent && asked.drawn.some(({ summed }) => summed)) return { ...extent, low: 0 }
  return extent
}

/** Levels outside of what the axis shows: told in words, with a direction. */
export function beyond(asked: Asked): (LevelLine & { above: boolean })[] {
  const limits = limitsOf(asked)
  if (!limits) return []
  return asked.levels
    .filter(({ value }) => value > limits.high || value < limits.low)
    .map((line) => ({ ...line, above: line.value > limits.high }))
}

function levelLines({ levels, drawn, height, scale }: Asked, limits: Extent, size: number) {
  const decimals = drawn[0]?.decimals
  // A name needs its height of the sheet; a third of it are axes and titles.
  const near = (limits.high - limits.low) * ((size * 1.3) / (height * 0.66))
  let before = -Infinity
  let left = true
  return levels
    .filter(({ value }) => value >= limits.low && value <= limits.high)
    .sort((a, b) => a.value - b.value)
    .map(({ label, value, level }) => {
      // Lines close to each other write their names at different ends.
      left = value - before < near ? !left : true
      before = value
      return {
        yAxis: value,
        lineStyle: { color: levelPaint(level), width: 1.4 * scale, type: [7 * scale, 4 * scale] },
        label: {
          formatter: `${label} ${figure(value, decimals)}`,
          position: left ? 'insideStartTop' : 'insideEndTop',
          color: token('--ink-2'),
          // The line of a level close by does not strike the name through.
          backgroundColor: token('--surface'),
          padding: [1, 3],
          fontSize: size,
          distance: [4, 2],
        },
      }
    })
}

function nowLine({ now, period }: Asked, size: number) {
  if (now < period.from || now > period.to) return []
  return [
    {
      xAxis: now,
      lineStyle: { color: token('--ink-3'), width: 1, type: 'solid' },
      label: { formatter: t('现在'), position: 'end', color: token('--ink-3'), fontSize: size },
    },
  ]
}

function fireAreas({ fires, period }: Asked) {
  return (fires ?? []).map(({ start, end, level }) => [
    { xAxis: start, itemStyle: { color: levelPaint(level, '--plum'), opacity: 0.22 } },
    { xAxis: Math.max(end ?? period.to, start + (period.to - period.from) / 600) },
  ])
}

const LINE = { silent: true, symbol: 'none', animation: false }

function band(one: Drawn, ink: string) {
  if (!one.curve.band.length || one.summed) return []
  const shared = {
    type: 'line',
    stack: `band ${one.label}`,
    symbol: 'none',
    silent: true,
    tooltip: { show: false },
    lineStyle: { opacity: 0 },
    z: 1,
  }
  return [
    { ...shared, data: one.curve.band.map(({ time, low }) => [time, low]) },
    {
      ...shared,
      areaStyle: { color: ink, opacity: 0.16 },
      data: one.curve.band.map(({ time, low, high }) => [time, high - low]),
    },
  ]
}

function main(one: Drawn, place: number, scale: number, marks: object) {
  const { ink: name, dash, wide } = lookOf(one, place)
  const ink = token(name)
  const shared = { name: one.label, data: one.curve.line, z: 3, ...marks }
  if (one.summed) {
    return { ...shared, type: 'bar', itemStyle: { color: ink }, barMaxWidth: 14, barMinWidth: 1.5 }
  }
  return {
    ...shared,
    type: 'line',
    // A single value between two gaps is no line: it needs a dot of its own.
    showSymbol: one.curve.line.length < 60,
    symbol: 'circle',
    symbolSize: 4,
    itemStyle: { color: ink },
    lineStyle: {
      color: ink,
      width: wide * scale,
      type: dash === 'solid' ? dash : dash.map((length) => length * scale),
    },
    connectNulls: false,
    sampling: one.curve.line.length > 2500 ? 'minmax' : undefined,
  }
}

/** Doubtful values stand where they were measured, or on the rim when that is off the sheet. */
function doubts(one: Drawn, limits: Extent | null) {
  if (!one.curve.doubts.length) return []
  const pin = (value: number) =>
    limits ? Math.min(Math.max(value, limits.low), limits.high) : value
  return [
    {
      type: 'scatter',
      name: `${one.label} ${t('存疑')}`,
      symbol: 'diamond',
      symbolSize: 9,
      itemStyle: { color: token('--surface'), borderColor: token('--plum'), borderWidth: 1.6 },
      z: 5,
      data: one.curve.doubts.map(({ time, value, flags }) => [time, pin(value), value, flags]),
    },
  ]
}

interface Hover {
  seriesName: string
  seriesType: string
  seriesIndex: number
  color: string
  value: (number | null)[]
}

function sentence(hover: Hover, drawn: Drawn[]): string {
  const one = drawn.find(({ label }) => hover.seriesName.startsWith(label))
  const text = (value: number | null | undefined) =>
    `${figure(value, one?.decimals)} ${one?.unit ?? ''}`
  if (hover.seriesType === 'scatter') {
    return `◇ ${text(hover.value[2])} ${flagNames(hover.value[3]).join('、')}`
  }
  const near = one?.curve.band.find(({ time }) => time === hover.value[0])
  const spread =
    near && !one?.summed
      ? ` (${figure(near.low, one?.decimals)} – ${figure(near.high, one?.decimals)})`
      : ''
  return `${one?.label ?? ''} ${text(hover.value[1])}${spread}`
}

function tip(hovers: Hover[], drawn: Drawn[]): HTMLElement {
  const box = document.createElement('div')
  const lines = hovers.filter(({ seriesName, value }) => seriesName && value[1] !== null)
  const when = lines[0]?.value[0]
  const every = drawn[0]?.curve.every
  for (const text of [
    every ? moment(when) : instant(when),
    ...lines.map((hover) => sentence(hover, drawn)),
  ]) {
    const row = document.createElement('div')
    row.textContent = text
    box.append(row)
  }
  return box
}

const pad = (n: number) => String(n).padStart(2, '0')

/** Axis labels in Asia/Shanghai whatever zone this machine is in. */
function tick(value: number, { from, to }: Period): string {
  const beijing = new Date(value + 8 * 3_600_000)
  const clock = `${pad(beijing.getUTCHours())}:${pad(beijing.getUTCMinutes())}`
  const day = `${pad(beijing.getUTCMonth() + 1)}-${pad(beijing.getUTCDate())}`
  if (to - from > 20 * 86_400_000) return day
  if (clock === '00:00') return day
  return to - from > 3 * 86_400_000 ? `${day} ${clock}` : clock
}

export function optionOf(asked: Asked): EChartsCoreOption {
  const { drawn, period, bare, scale } = asked
  const limits = limitsOf(asked)
  const size = Math.round(12 * scale)
  const marks = {
    markLine: {
      ...LINE,
      data: [...(limits ? levelLines(asked, limits, size) : []), ...nowLine(asked, size)],
    },
    markArea: { silent: true, animation: false, data: fireAreas(asked) },
  }
  const label = { color: token('--ink-3'), fontSize: size, hideOverlap: true }
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 14, top: 22 * scale, bottom: bare ? 6 : 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: token('--surface'),
      borderColor: token('--line-2'),
      textStyle: { color: token('--ink'), fontSize: size + 1 },
      axisPointer: { type: 'line', lineStyle: { color: token('--ink-3') } },
      formatter: (hovers: Hover[]) => tip(hovers, drawn),
    },
    xAxis: {
      type: 'time',
      min: period.from,
      max: period.to,
      axisLine: { lineStyle: { color: token('--line-2') } },
      axisTick: { show: !bare },
      axisLabel: { ...label, show: !bare, formatter: (value: number) => tick(value, period) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: limits?.low,
      max: limits?.high,
      name: drawn[0]?.unit ?? '',
      nameTextStyle: {
        color: token('--ink-3'),
        fontSize: size,
        align: 'left',
        padding: [0, 0, -4, 0],
      },
      nameGap: 8,
      axisLabel: {
        ...label,
        showMinLabel: false,
        showMaxLabel: false,
        formatter: (value: number) => String(Number(value.toFixed(drawn[0]?.decimals ?? 2))),
      },
      splitNumber: 4,
      splitLine: { lineStyle: { color: token('--line') } },
    },
    dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: 'shift' }],
    series: drawn.flatMap((one, place) => {
      return [
        ...band(one, token(lookOf(one, place).ink)),
        main(one, place, scale, place ? {} : marks),
        ...doubts(one, limits),
      ]
    }),
  }
}
