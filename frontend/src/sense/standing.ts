/** The six things a station or a stream can be doing, in words and paint. */
import { msg } from '@/locale'
import { levelPaint, type Level } from './levels'
import type { Standing } from './shapes'

export const STANDINGS: { key: Standing; label: string }[] = [
  { key: 'alarm', label: msg('报警') },
  { key: 'normal', label: msg('正常') },
  { key: 'stale', label: msg('数据陈旧') },
  { key: 'silent', label: msg('中断') },
  { key: 'maintenance', label: msg('检修') },
  { key: 'none', label: msg('没有数据') },
]
export const standingName = (key: Standing) =>
  STANDINGS.find((one) => one.key === key)?.label ?? msg('没有数据')

const TOKENS: Record<Standing, string> = {
  alarm: '--plum',
  normal: '--accent',
  stale: '--ink-3',
  silent: '--plum',
  maintenance: '--ink-2',
  none: '--line-2',
}

export function standingPaint(key: Standing, level: Level): string {
  if (key === 'alarm' && level) return levelPaint(level)
  return getComputedStyle(document.documentElement).getPropertyValue(TOKENS[key]).trim()
}

/** Values that say nothing about now are grey. */
export const isOld = ({ standing, old }: { standing: Standing; old?: boolean }) =>
  old ?? ['stale', 'silent', 'none'].includes(standing)
