/** How plans say times. */
import { msg, t } from '@/locale'
import type { Step } from './shapes'

const UNITS: Record<string, string> = {
  min: msg('{n} 分钟'),
  h: msg('{n} 小时'),
  d: msg('{n} 天'),
}
const EXPECTED: Record<string, string> = {
  landfall: msg('登陆'),
  water: msg('洪水到达'),
  wind: msg('大风到达'),
  night: msg('天黑'),
}

/** `2h` as people say it; what nobody can read stays as it is. */
export function spanWords(text: string): string {
  const found = /^(\d+)(min|h|d)$/.exec(text)
  const unit = found ? UNITS[found[2] ?? ''] : undefined
  return unit ? t(unit, { n: found?.[1] ?? '' }) : text
}

/** By when a step is to be done. */
export function deadlineWords(deadline: Step['deadline']): string {
  const { within, before, expected, at } = deadline
  return [
    within ? t('{span}内', { span: spanWords(within) }) : '',
    before
      ? t('{what}前 {span}', { what: t(EXPECTED[expected] ?? ''), span: spanWords(before) })
      : '',
    at ? t('当日 {time} 前', { time: at }) : '',
  ]
    .filter(Boolean)
    .join(t('，且'))
}

/** Minutes as hours and minutes. */
export function clockWords(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (!hours) return t('{n} 分钟', { n: rest })
  return rest ? t('{hours} 小时 {rest} 分', { hours, rest }) : t('{n} 小时', { n: hours })
}
