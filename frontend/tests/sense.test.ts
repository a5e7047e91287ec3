import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doOnMany } from '@/sense/alarms/deeds'
import { byUrgency, grouped, isHeading, narrowed, type Narrow } from '@/sense/alarms/order'
import { everyFor } from '@/sense/curve/load'
import { curveOf, extentOf, less, through } from '@/sense/curve/points'
import { fresh, sent, type Spec } from '@/sense/rules/spec'
import { cellAt, pathOf, type LimitTable } from '@/sense/rules/tables'
import type { Alarm, LatestRow, Observations, Stream } from '@/sense/shapes'
import { at, put } from '@/sense/sources/shapes'
import { asked, brought, listed, turned, unlisted } from '@/sense/sources/source-fields'
import { ordered, sheetOf } from '@/sense/stations/latest'
import { byUrgency as byReach, leftOf } from '@/sense/stations/reach'
import { figure, flagNames, measured } from '@/sense/value'

const NOW = Date.parse('2026-07-14T08:00:00Z')
const MINUTE = 60_000

function alarm(id: string, more: Partial<Alarm> = {}): Alarm {
  return {
    id,
    state: 'raised',
    level: 3,
    place: '云溪水库坝前',
    title: '水位达到汛限水位',
    region_name: '云溪乡',
    hazard: 'flood',
    raised_at: '2026-07-14T07:00:00Z',
    shelved_until: null,
    station: { id: 'S1', name: '云溪水库' },
    gateway: null,
    stream: { id: 'T', code: 'YX.level', name: '' },
    ...more,
  } as Alarm
}
const ids = (alarms: Alarm[]) => alarms.map(({ id }) => id)

describe('the order of alarms', () => {
  it('puts what waits first, of these the worst, of these the newest, the shelved behind', () => {
    const all = [
      alarm('seen', { state: 'acknowledged', level: 1 }),
      alarm('blue', { level: 4 }),
      alarm('none', { level: null }),
      alarm('older', { level: 2, raised_at: '2026-07-14T05:00:00Z' }),
      alarm('newer', { level: 2 }),
      alarm('aside', { level: 1, shelved_until: '2026-07-14T09:00:00Z' }),
      alarm('back', { level: 1, shelved_until: '2026-07-14T07:59:00Z' }),
    ]
    expect(ids(byUrgency(all, NOW))).toEqual([
      'back',
      'newer',
      'older',
      'blue',
      'none',
      'seen',
      'aside',
    ])
  })

  it('hides the shelved until they are asked for, and finds by place, text and code', () => {
    const all = [alarm('a'), alarm('b', { shelved_until: '2026-07-14T09:00:00Z', level: null })]
    const narrow: Narrow = { levels: new Set(), states: new Set(), shelved: 'no', words: '' }
    expect(ids(narrowed(all, narrow, NOW))).toEqual(['a'])
    expect(ids(narrowed(all, { ...narrow, shelved: 'only' }, NOW))).toEqual(['b'])
    expect(ids(narrowed(all, { ...narrow, shelved: 'all', levels: new Set([0]) }, NOW))).toEqual([
      'b',
    ])
    expect(ids(narrowed(all, { ...narrow, words: 'yx.LEVEL' }, NOW))).toEqual(['a'])
    expect(ids(narrowed(all, { ...narrow, words: '石塘' }, NOW))).toEqual([])
  })

  it('groups by site under the worst level there', () => {
    const other = { id: 'S2', name: '石塘港' }
    const rows = grouped(
      [alarm('a', { level: 2 }), alarm('c', { station: other }), alarm('b', { level: 1 })],
      'site',
      (one) => one.station?.name ?? '',
    )
    expect(
      rows.map((row) => (isHeading(row) ? `${row.title} ${row.count} ${row.worst}` : row.id)),
    ).toEqual(['云溪水库 2 1', 'a', 'b', '石塘港 1 3', 'c'])
  })
})

describe('curves', () => {
  const told = (columns: Observations['columns'], every: number | null = null): Observations => ({
    stream: 'x',
    unit: 'm',
    every,
    columns,
    as_of: '2026-07-14T08:00:00Z',
  })

  it('break where values that were due did not come', () => {
    const time = [0, 5, 10, 40, 45].map((minute) => minute * MINUTE)
    const { line } = curveOf(told({ time, value: [1, 2, 3, 4, 5], flags: [] }), 300, false)
    expect(line.filter(([, value]) => value === null)).toHaveLength(1)
    expect(line[3]).toEqual([10 * MINUTE + 1, null])
  })

  it('keep doubted values beside the line, and believe those that only came late', () => {
    const time = [0, 5, 10].map((minute) => minute * MINUTE)
    const curve = curveOf(told({ time, value: [1, 99, 3], flags: [0, 4, 64] }), 300, false)
    expect(curve.doubts).toEqual([{ time: 5 * MINUTE, value: 99, flags: 4 }])
    expect(curve.line.map(([, value]) => value)).toEqual([1, 3])
  })

  it('add up buckets of rain and average those of levels; an empty bucket is no zero', () => {
    const columns = {
      time: [0, 3_600_000],
      n: [12, 0],
      min: [0, null],
      max: [4, null],
      mean: [2, null],
    }
    const rain = curveOf(told(columns, 3600), 300, true)
    expect(rain.line).toEqual([[1_800_000, 24]])
    expect(curveOf(told(columns, 3600), 300, false).line).toEqual([[1_800_000, 2]])
    expect(rain.n).toBe(12)
  })

  it('show a level that is near and leave one out that would flatten them', () => {
    const curve = curveOf(told({ time: [0, 1], value: [10, 11], flags: [] }), null, false)
    const extent = extentOf([curve], [12, 40], 0.01)
    expect(extent?.high).toBeGreaterThanOrEqual(12)
    expect(extent?.high).toBeLessThan(20)
    expect(extentOf([{ ...curve, line: [] }], [], 0.01)).toBeNull()
  })

  it('look through the window of a rule', () => {
    const time = [0, 20, 40, 60, 80].map((minute) => minute * MINUTE)
    const curve = curveOf(told({ time, value: [5, 5, 5, 5, 5], flags: [] }), 1200, true)
    const hour = through(curve, { kind: 'sum', windowMs: 60 * MINUTE })
    expect(hour.line.map(([, value]) => value)).toEqual([5, 10, 15, 15, 15])
  })

  it('are taken from each other only where both are known at about the same time', () => {
    const minutes = (all: number[]) => all.map((minute) => minute * MINUTE)
    const one = curveOf(
      told({ time: minutes([0, 10, 20, 90]), value: [5, 6, 7, 8], flags: [] }),
      600,
      false,
    )
    const other = curveOf(told({ time: minutes([5, 20]), value: [2, 3], flags: [] }), 600, false)
    const left = less(one, other, 30 * MINUTE).line.filter(([time]) => time % MINUTE === 0)
    expect(left.map(([, value]) => value)).toEqual([null, 4, 4, null])
  })

  it('ask for buckets only when single values would be more than pixels', () => {
    const day = { from: 0, to: 86_400_000 }
    expect(everyFor(day, 300)).toBeNull()
    expect(everyFor(day, 5)).toBe(300)
    expect(everyFor({ from: 0, to: 365 * 86_400_000 }, 300)).toBe(86_400)
  })
})

describe('values', () => {
  it('are a dash when unknown, and zero when they are zero', () => {
    expect(figure(null)).toBe('—')
    expect(figure(-0.004, 2)).toBe('0.00')
    expect(figure(-0.006, 2)).toBe('-0.01')
    expect(measured(undefined, 'mm')).toBe('—')
    expect(measured(0, 'mm', 1)).toBe('0.0 mm')
  })

  it('name every doubt', () => {
    expect(flagNames(4 | 1024)).toEqual(['尖峰', '检修期间'])
    expect(flagNames(0)).toEqual([])
  })
})

describe('how far it is to a level', () => {
  const stream = (code: string, value: number | null, more: Partial<Stream> = {}): Stream =>
    ({
      code,
      last: value === null ? null : { value, time: '2026-07-14T07:59:00Z', flags: 0 },
      levels: [{ kind: 'warning', label: '', label_en: '', value: 2, rising: true }],
      standing: 'normal',
      ...more,
    }) as Stream
  const level = (kind: string, rising: boolean) => ({
    kind,
    label: '',
    label_en: '',
    value: 2,
    rising,
  })

  it('is not known of what is old, doubted or judged by its sum', () => {
    expect(leftOf(stream('a', 1.5), level('warning', true))).toBe(0.5)
    expect(leftOf(stream('a', 1.5), level('blue', false))).toBe(-0.5)
    expect(leftOf(stream('a', 1.5), level('move-1h', true))).toBeNull()
    expect(leftOf(stream('a', 1.5, { old: true }), level('warning', true))).toBeNull()
    const doubted = { last: { value: 9, time: '2026-07-14T07:59:00Z', flags: 4 } }
    expect(leftOf(stream('a', 9, doubted), level('warning', true))).toBeNull()
    expect(leftOf(stream('a', null), level('warning', true))).toBeNull()
  })

  it('puts alarms first, then what is beyond a level, then the silent, the normal last', () => {
    const all = [
      stream('calm', 1),
      stream('gone', 1, { standing: 'silent', old: true }),
      stream('over', 2.5),
      stream('blue', 2.5, { standing: 'alarm', level: 4 }),
      stream('red', 2.5, { standing: 'alarm', level: 1 }),
    ]
    expect(byReach(all).map(({ code }) => code)).toEqual(['red', 'blue', 'over', 'gone', 'calm'])
  })
})

describe('the latest values', () => {
  const row = (code: string, share: number | null, more: Partial<LatestRow> = {}) =>
    ({
      code,
      name: '',
      quantity_label: '水位',
      station: { id: code, name: code, kind: 'river' },
      value: 1.5,
      decimals: 2,
      unit: 'm',
      time: '2026-07-14T07:59:00Z',
      flags: 0,
      standing: 'normal',
      owner: '水利局',
      region_name: '云溪乡',
      nearest: share === null ? null : { label: '警戒水位', value: 2, distance: 0.5, share },
      ...more,
    }) as LatestRow

  it('begin with what is closest to its level; what is old or has none comes last', () => {
    const rows = [
      row('far', 0.2),
      row('bare', null),
      row('old', 1.4, { standing: 'alarm', old: true }),
      row('near', 0.9),
      row('beyond', 1.1),
    ]
    expect(ordered(rows, 'nearest').map(({ code }) => code)).toEqual([
      'beyond',
      'near',
      'far',
      'bare',
      'old',
    ])
  })

  it('leave as a sheet in which an unknown value is empty', async () => {
    const text = await sheetOf([row('a,b', null, { value: null, time: null })]).text()
    const [, line = ''] = text.split('\r\n')
    expect(line.startsWith('"a,b","a,b",水位,,m,,')).toBe(true)
  })
})

describe('one deed on many alarms', () => {
  const answers: object[] = []
  const asked: { path: string; ids: string[]; cause?: string }[] = []
  beforeEach(() => {
    answers.length = asked.length = 0
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
      asked.push({ path, ...JSON.parse(String(init.body)) })
      const answer = answers.shift() as { status?: number }
      return new Response(JSON.stringify(answer), {
        status: answer.status ?? 200,
        headers: { 'Content-Type': 'application/json' },
      })
    })
  })
  afterEach(() => vi.unstubAllGlobals())
  const refusal = (id: string, reason: string) => ({ id, outcome: 'refused', code: '', reason })

  it('is asked in parts the server takes, and what was refused is told with its reasons', async () => {
    answers.push(
      { done: 499, unchanged: 0, refused: 1, outcomes: [refusal('7', '已销号')] },
      { done: 1, unchanged: 1, refused: 1, outcomes: [refusal('501', '已销号')] },
    )
    const ids = Array.from({ length: 503 }, (_, n) => String(n))
    const done = await doOnMany('classify', ids, { cause: 'real' })
    expect(asked.map(({ path, ids: part, cause }) => [path, part.length, cause])).toEqual([
      ['/api/v1/alarms/classify', 500, 'real'],
      ['/api/v1/alarms/classify', 3, 'real'],
    ])
    expect(done).toEqual({ settled: 501, refused: ['7', '501'], reasons: ['已销号'] })
  })

  it('fails as a whole only when nothing was done', async () => {
    const conflict = { status: 409, code: 'conflict', title: '冲突', detail: '别人先办了' }
    answers.push({ done: 500, unchanged: 0, refused: 0, outcomes: [] }, conflict)
    const ids = Array.from({ length: 501 }, (_, n) => String(n))
    const done = await doOnMany('shelve', ids)
    expect(done).toEqual({ settled: 500, refused: ['500'], reasons: ['别人先办了'] })
    answers.push(conflict)
    await expect(doOnMany('shelve', ['1'])).rejects.toThrow()
  })
})

describe('limits of code tables', () => {
  const table = {
    key: 'weather-signal-thresholds',
    near: 'hazard',
    columns: [{ name: 'rain_3h', label: '3小时雨量', label_en: 'Rain in 3 h' }],
    rows: [{ code: '0203', name: '暴雨橙色', cells: [{ column: 'rain_3h', value: 50 }] }],
  } as unknown as LimitTable

  it('are found again by their address, and a cell that is gone is not guessed', () => {
    const path = pathOf(table, table.rows[0] as LimitTable['rows'][number], 'rain_3h')
    expect(path).toBe('weather-signal-thresholds/0203/rain_3h')
    expect(cellAt([table], path)?.value).toBe(50)
    expect(cellAt([table], path)?.column?.label).toBe('3小时雨量')
    expect(cellAt([table], 'weather-signal-thresholds/0299/rain_3h')).toBeNull()
    expect(cellAt([table], '')).toBeNull()
  })
})

describe('a rule', () => {
  it('is sent without what its kind has no use for and without what is empty', () => {
    const spec: Spec = { ...fresh(), title: '缺数', kind: 'silence', window_s: 3600, intervals: 4 }
    expect(sent(spec)).toEqual({
      title: '缺数',
      kind: 'silence',
      intervals: 4,
      matter: 'station',
      again_s: 1800,
      conditions: [{ level: 3 }],
    })
  })

  it('keeps the limit of a level, a zero included', () => {
    const spec: Spec = {
      ...fresh(),
      title: '积水',
      quantity: 'water-depth',
      conditions: [{ level: 4, limit: { number: 0 } }],
    }
    expect(sent(spec).conditions).toEqual([{ level: 4, limit: { number: 0 } }])
  })
})

describe('the fields of a source', () => {
  it('are set in place, leave the others alone and vanish when emptied', () => {
    const fields = { title: '水利局', request: { url: 'https://a', query: { page: '{page}' } } }
    const changed = put(fields, ['request', 'url'], 'https://b')
    expect(at(changed, ['request', 'url'])).toBe('https://b')
    expect(at(changed, ['request', 'query', 'page'])).toBe('{page}')
    expect(at(fields, ['request', 'url'])).toBe('https://a')
    expect(put({ sign: { text: 'x' } }, ['sign', 'text'], '')).toEqual({})
  })
})

describe('the scope of a source as a line', () => {
  it('reads what people type between codes, once each, and keeps codes that look like numbers', () => {
    expect(unlisted('SLJ， 0071;SLJ\n339901-SW*')).toEqual(['SLJ', '0071', '339901-SW*'])
    expect(listed(['SLJ', '0071'])).toBe('SLJ, 0071')
    expect(unlisted(listed(['SLJ', '0071']))).toEqual(['SLJ', '0071'])
  })

  it('takes an emptied line out of the declaration, and the table with it', () => {
    const before = put({ title: 'x' }, ['scope', 'units'], unlisted('SLJ'))
    expect(before).toEqual({ title: 'x', scope: { units: ['SLJ'] } })
    expect(put(before, ['scope', 'units'], unlisted(' , '))).toEqual({ title: 'x' })
  })
})

describe('a source of warnings in the form', () => {
  const water = { title: 'x', scope: { units: ['SLJ'] }, mapping: { records: 'data' } }

  it('asks for what such a source says and for nothing of observations', () => {
    const paths = asked('warnings').flatMap(({ asks }) => asks.map(({ path }) => path))
    expect(paths).toContain('warnings.hosts')
    expect(paths.filter((path) => /^(mapping|form|window|paging|scope)\./.test(path))).toEqual([])
    expect(new Set(paths).size).toBe(paths.length)
    const others = asked('observations').flatMap(({ asks }) => asks.map(({ path }) => path))
    expect(others.filter((path) => path.startsWith('warnings'))).toEqual([])
    expect(others).toContain('mapping.records')
  })

  it('loses what only observations have, and has it again when turned back', () => {
    const there = turned(water, 'warnings')
    expect(there.fields).toEqual({ title: 'x', warnings: {} })
    expect(brought(there.fields)).toBe('warnings')
    const back = turned(there.fields, 'observations')
    expect({ ...back.fields, ...there.lost }).toEqual(water)
    expect(brought(back.fields)).toBe('observations')
  })

  it('begins without the way the example asks a platform', () => {
    const example = { ...water, auth: { kind: 'login' }, request: { query: { a: '{from}' } } }
    expect(turned(example, 'warnings', true).fields).toEqual({ title: 'x', warnings: {} })
    expect(turned(example, 'warnings').fields).toHaveProperty('auth')
  })
})
