/** A rule as data: the same shape the server reads; what is empty is left out. */
import { msg } from '@/locale'
import type { Level } from '../levels'

export type Kind =
  'level' | 'rate' | 'sum' | 'difference' | 'count' | 'silence' | 'tailings' | 'combination'
export type Op = '>=' | '>' | '<=' | '<'
export type Matter = 'stream' | 'station' | 'gateway' | 'rule'

export interface Limit {
  number?: number | null
  level?: string
  table?: string
  factor?: number
  plus?: number
}
export interface Condition {
  level: Level
  limit: Limit | null
  hold_s?: number | null
}
export interface Where {
  regions?: string[]
  kinds?: string[]
  stations?: string[]
  streams?: string[]
}
export interface Part {
  kind: 'level' | 'rate' | 'sum' | 'silence'
  quantity: string
  op?: Op
  limit?: Limit | null
  window_s?: number | null
  hold_s?: number
}
export interface Spec {
  title: string
  kind: Kind
  title_en?: string
  hazard?: string
  quantity?: string
  op?: Op
  conditions?: Condition[]
  where?: Where
  matter?: Matter
  hysteresis?: number
  hold_s?: number
  window_s?: number | null
  need?: number | null
  radius_m?: number | null
  other?: string
  pairs?: [string, string][]
  apart_s?: number
  intervals?: number
  parts?: Part[]
  joined?: 'all' | 'any'
  season?: string
  effective_from?: string | null
  effective_to?: string | null
  again_s?: number
  source?: string
  confidence?: string
  note?: string
}

export const KINDS: { value: Kind; label: string; help: string }[] = [
  { value: 'level', label: msg('超限'), help: msg('数值达到或低于某个限值') },
  { value: 'rate', label: msg('变化率'), help: msg('一段时间里升得、降得太快') },
  { value: 'sum', label: msg('累计'), help: msg('一段时间里的总和，如 1 小时雨量') },
  { value: 'difference', label: msg('差值'), help: msg('两个监测项相减') },
  { value: 'count', label: msg('多点'), help: msg('附近至少几个同时达到') },
  { value: 'silence', label: msg('缺数'), help: msg('该来的数据没有来') },
  { value: 'combination', label: msg('组合'), help: msg('几个条件同时或任一成立') },
  { value: 'tailings', label: msg('尾矿库综合'), help: msg('各点分级后按规定累计升级') },
]
export const OPS: { value: Op; label: string }[] = [
  { value: '>=', label: msg('达到（≥）') },
  { value: '>', label: msg('超过（＞）') },
  { value: '<=', label: msg('降到（≤）') },
  { value: '<', label: msg('低于（＜）') },
]
export const MATTERS: { value: Matter; label: string }[] = [
  { value: 'station', label: msg('每个测站一条') },
  { value: 'stream', label: msg('每个监测项一条') },
  { value: 'gateway', label: msg('每个网关一条') },
  { value: 'rule', label: msg('全规则一条') },
]

const WINDOWED: Kind[] = ['rate', 'sum', 'count']
export const hasWindow = (kind: Kind) => WINDOWED.includes(kind)
export const hasLimits = (kind: Kind) => kind !== 'silence' && kind !== 'combination'

export const fresh = (): Spec => ({
  title: '',
  kind: 'level',
  hazard: '',
  quantity: '',
  op: '>=',
  conditions: [{ level: 3, limit: { number: null } }],
  where: {},
  matter: 'station',
  hysteresis: 0,
  hold_s: 0,
  again_s: 1800,
})

const empty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && !value.length) ||
  (typeof value === 'object' && value !== null && !Object.keys(value).length)

/** Drops what says nothing, all the way down: a rule is kept as short as it was meant. */
export function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(tidy) as T
  if (!value || typeof value !== 'object') return value
  const pairs = Object.entries(value)
    .map(([key, held]) => [key, tidy(held)] as const)
    .filter(([, held]) => !empty(held))
  return Object.fromEntries(pairs) as T
}

/** Which kinds have a use for a field; a field not named here is used by all. */
const USED: Partial<Record<keyof Spec, Kind[]>> = {
  quantity: ['level', 'rate', 'sum', 'difference', 'count', 'silence'],
  op: ['level', 'rate', 'sum', 'difference', 'count'],
  hysteresis: ['level', 'rate', 'sum', 'difference', 'count'],
  hold_s: ['level', 'rate', 'sum', 'difference', 'count'],
  window_s: WINDOWED,
  parts: ['combination'],
  joined: ['combination'],
  other: ['difference'],
  pairs: ['difference'],
  apart_s: ['difference'],
  need: ['count'],
  radius_m: ['count'],
  intervals: ['silence'],
}

/** What the kind has no use for is not sent, even if it was filled before the kind changed. */
export function sent(spec: Spec): Spec {
  const { kind } = spec
  const bare = Object.fromEntries(
    Object.entries(spec).filter(([key]) => USED[key as keyof Spec]?.includes(kind) ?? true),
  ) as unknown as Spec
  if (!hasLimits(kind))
    bare.conditions = (spec.conditions ?? [])
      .slice(0, 1)
      .map(({ level }) => ({ level, limit: null }))
  return tidy(bare)
}
