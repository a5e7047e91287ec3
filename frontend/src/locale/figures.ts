/** Times, numbers and sizes as an officer reads them: Asia/Shanghai, 24 hours, no guessing of unknowns. */
import { workspaceNow } from '@/api/session'
import { language, t } from './index'

const ZONE = 'Asia/Shanghai'
const parts = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

function split(instant: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(instant).map(({ type, value }) => [type, value]))
}

type When = string | number | null | undefined
const epoch = (when: When) => (typeof when === 'number' ? when : when ? Date.parse(when) : NaN)

/** "2026-07-14 03:20", in Asia/Shanghai; unknown is a dash. */
export function moment(when: When): string {
  const at = epoch(when)
  if (Number.isNaN(at)) return '—'
  const p = split(at)
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`
}

/** "07-14 03:20:05": for the header clock and the timeline. */
export function instant(when: When): string {
  const at = epoch(when)
  if (Number.isNaN(at)) return '—'
  const p = split(at)
  return `${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** The calendar day in Asia/Shanghai, "2026-07-14". */
export function day(when: When): string {
  const at = epoch(when)
  return Number.isNaN(at) ? '—' : moment(at).slice(0, 10)
}

export const today = () => day(workspaceNow())

/** "3 天 4 小时", "12 分钟": how long, without a direction. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000)
  if (minutes < 1) return t('不到 1 分钟')
  if (minutes < 60) return t('{n} 分钟', { n: minutes })
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return t('{h} 小时 {m} 分', { h: hours, m: minutes % 60 })
  return t('{d} 天 {h} 小时', { d: Math.floor(hours / 24), h: hours % 24 })
}

export function ago(when: When, now = workspaceNow()): string {
  const at = epoch(when)
  if (Number.isNaN(at)) return '—'
  return at > now
    ? t('{span}后', { span: span(at - now) })
    : t('{span}前', { span: span(now - at) })
}

export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return t('未知')
  return value.toLocaleString(language.value === 'en' ? 'en-GB' : 'zh-CN')
}

export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return t('未知')
  if (size < 1024) return `${size} B`
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)} kB`
  if (size < 1024 ** 3) return `${(size / 1024 ** 2).toFixed(1)} MB`
  return `${(size / 1024 ** 3).toFixed(1)} GB`
}

export const degrees = (value: number) => value.toFixed(5)
