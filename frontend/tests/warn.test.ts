import { describe, expect, it } from 'vitest'
import { inside, padded, partsOf, shareOf, summed, TOWN, VILLAGE } from '@/warn/board/counting'
import { picked, urgentFirst } from '@/warn/board/order'
import {
  dutyOf,
  isKnock,
  isMasked,
  missingOf,
  numberOf,
  resultsOf,
  textsOf,
  wholeSheet,
} from '@/warn/board/sheet'
import { signsOf } from '@/warn/board/silent'
import type { Counts, PlaceCounts, PostRow } from '@/warn/board/shapes'
import { begun, emptySheet, sentOf } from '@/warn/compose/draft'
import type { SheetLine } from '@/warn/comms/shapes'
import { gathered } from '@/warn/coverage/gathering'
import { followable } from '@/warn/force/follow'
import { sections } from '@/warn/inbox/order'
import { pieces, surenessOf, unsure, type RecognisedItem } from '@/warn/inbox/pasted'
import type { Alert, Received, WarnKind } from '@/warn/shapes'
import { segments, signatureFault } from '@/warn/words'

function message(id: string, more: Partial<Received> = {}): Received {
  return {
    id,
    handling: 'waiting',
    state: 'standing',
    level: 3,
    received_at: '2026-07-14T07:00:00Z',
    alert: null,
    ...more,
  } as Received
}

describe('the inbox', () => {
  const nobody = () => false
  const shown = (items: Received[], underWay: (alert: string | null) => boolean = nobody) =>
    sections(items, underWay).map(({ part, items }) => [part, ...items.map(({ id }) => id)])

  it('puts what waits first, of these the worst, of these the newest', () => {
    const items = [
      message('blue', { level: 4 }),
      message('handled', { handling: 'dismissed' }),
      message('red', { level: 1 }),
      message('later', { level: 1, received_at: '2026-07-14T08:00:00Z' }),
      message('nobody knows', { level: null }),
    ]
    expect(shown(items)).toEqual([
      ['waiting', 'later', 'red', 'blue', 'nobody knows'],
      ['standing', 'handled'],
    ])
  })

  it('keeps what was replaced in sight while its calls are under way', () => {
    const items = [message('orange', { handling: 'relayed', state: 'replaced', alert: 'A' })]
    expect(shown(items)).toEqual([['over', 'orange']])
    expect(shown(items, (alert) => alert === 'A')).toEqual([['standing', 'orange']])
  })
})

describe('the badge of a signature', () => {
  const fault = (signature: Received['signature'], missing = false) => {
    const { label, grave } = signatureFault({ signature, signature_missing: missing })
    return label && [label, grave]
  }
  it('stands on what was forged, on what lacks one it should have, and on a stranger', () => {
    expect(fault('broken')).toEqual(['签名不成立', true])
    expect(fault('unsigned', true)).toEqual(['少了签名', true])
    expect(fault('stranger')).toEqual(['签名者不认识', false])
  })
  it('stands on nothing else: who never signs is not suspected', () => {
    expect([fault('unsigned'), fault('trusted'), fault('')]).toEqual(['', '', ''])
  })
})

describe('short messages', () => {
  it('are counted as telephones do: 70 characters, 67 in parts, surrogates twice', () => {
    expect(
      ['', '收'.repeat(70), '收'.repeat(71), '收'.repeat(135), '𠮷'.repeat(36)].map(segments),
    ).toEqual([0, 1, 2, 3, 2])
  })
})

const item = (more: Partial<RecognisedItem> = {}): RecognisedItem => ({
  text: '',
  start: 0,
  end: 12,
  headline: '',
  station: '云屿县气象台',
  sent_at: '2026-07-14T07:00:00Z',
  hazard: 'rainstorm',
  level: 2,
  action: 'alert',
  expires_at: null,
  regions: [],
  missing: [],
  doubtful_regions: [],
  fields: ['station', 'sent', 'event', 'level', 'action'].map((field, n) => ({
    field,
    start: n * 2,
    end: n * 2 + 2,
    confidence: 'sure' as const,
  })),
  ...more,
})

describe('a pasted text', () => {
  it('is cut at what was found, and nothing of it is lost', () => {
    const text = '县气象台3时发布暴雨橙色预警'
    const found = [
      { field: 'level', start: 11, end: 13, confidence: 'doubtful' as const },
      { field: 'station', start: 0, end: 4, confidence: 'sure' as const },
      { field: 'event', start: 3, end: 6, confidence: 'sure' as const },
    ]
    const cut = pieces(text, found)
    expect(cut.map((one) => one.text).join('')).toBe(text)
    expect(cut.filter((one) => one.field).map((one) => [one.field, one.text])).toEqual([
      ['station', '县气象台'],
      ['level', text.slice(11, 13)],
    ])
  })

  it('asks for every field that is not certain, and not for what may stay unsaid', () => {
    expect(unsure(item())).toEqual([])
    const fields = item().fields.map((one) =>
      one.field === 'sent' ? { ...one, confidence: 'likely' as const } : one,
    )
    expect(unsure(item({ fields }))).toEqual(['sent'])
    expect(unsure(item({ missing: ['station', 'expires'] }))).toEqual(['station'])
    expect(unsure(item({ doubtful_regions: ['岭下村'] }))).toEqual(['region'])
    expect(surenessOf(item(), 'region')).toBe('missing')
  })
})

const counts = (called: number, answered: number, more: Partial<Counts> = {}): Counts => ({
  ...summed([]),
  called,
  answered,
  silent: called - answered,
  ...more,
})
const place = (region: string, name: string, called: number, answered: number): PlaceCounts => ({
  region,
  name,
  ...counts(called, answered),
})

describe('the board', () => {
  const places = [
    place('339901000000', '云屿县', 10, 10),
    place('339901200000', '竹岚乡', 5, 4),
    place('339901200201', '钱涂村', 20, 10),
    place('339901201204', '里垟村', 8, 8),
  ]

  it('adds villages up into their townships and leaves the county’s own leaders out', () => {
    const parts = partsOf(places, TOWN, new Map([['339901201000', '望岭乡']]))
    expect(parts.map(({ name, counts: c }) => [name, c.called, c.silent])).toEqual([
      ['竹岚乡', 25, 11],
      ['望岭乡', 8, 0],
    ])
    expect(parts[0]?.counts.answer_rate).toBeCloseTo(14 / 25)
  })

  it('shows a township its villages without its own posts', () => {
    const own = places.filter(({ region }) => region.startsWith('339901200'))
    expect(partsOf(own, VILLAGE).map(({ name }) => name)).toEqual(['钱涂村'])
    expect(padded('339901200201', TOWN)).toBe('339901200000')
    expect(inside('339901200000', '339901000000')).toBe(true)
    expect(inside('339901000000', '339901200000')).toBe(false)
    expect(inside('', '339901000000')).toBe(false)
  })

  it('never rounds up to a hundred, and knows no share of nobody', () => {
    expect(shareOf(counts(1000, 999))).toBe(99)
    expect(shareOf(counts(3, 3))).toBe(100)
    expect(shareOf(counts(0, 0))).toBeNull()
  })

  const row = (post: string, more: Partial<PostRow> = {}) =>
    ({
      post,
      region: '1',
      rung: 1,
      said: '',
      vacant: false,
      answered_at: null,
      region_name: '',
      unit: '',
      title: post,
      role_label: '',
      holders: [],
      ...more,
    }) as unknown as PostRow

  it('puts who needs help first, then who climbed highest, then gaps, the answered last', () => {
    const rows = [
      row('done', { said: 'received', answered_at: '2026-07-14T07:00:00Z' }),
      row('gap', { vacant: true, rung: 9 }),
      row('first'),
      row('high', { rung: 5 }),
      row('cry', { said: 'need-help', answered_at: '2026-07-14T07:00:00Z' }),
    ]
    expect(urgentFirst(rows).map(({ post }) => post)).toEqual([
      'cry',
      'high',
      'first',
      'gap',
      'done',
    ])
    expect(picked(rows, 'silent', '').map(({ post }) => post)).toEqual(['high', 'first', 'gap'])
    expect(picked(rows, 'vacant', '').map(({ post }) => post)).toEqual(['gap'])
    expect(picked(rows, 'all', 'HIGH').map(({ post }) => post)).toEqual(['high'])
  })
})

describe('the call sheet', () => {
  const line = (more: Partial<SheetLine>) =>
    ({ channel: 'voice', phones: [], ...more }) as SheetLine

  it('dials the first number that still reaches somebody', () => {
    const phones = [
      { id: 'a', number: '1', kind_label: '', kind_label_en: '', dead: true },
      { id: 'b', number: '2', kind_label: '', kind_label_en: '', dead: false },
    ]
    expect(numberOf(line({ phones }))?.id).toBe('b')
    expect(numberOf(line({ phones: phones.slice(0, 1) }))?.id).toBe('a')
    expect(numberOf(line({}))).toBeNull()
  })

  it('names a place once', () => {
    const at = (post_title: string) => dutyOf(line({ region_name: '花园社区', post_title }))
    expect(at('花园社区第2网格网格员')).toBe('第2网格网格员')
    expect(at('分管应急副职')).toBe('分管应急副职')
    expect(at('花园社区')).toBe('花园社区')
  })

  it('has one key a result, and at the door no dead numbers', () => {
    expect(resultsOf(line({})).map(({ key }) => key)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    const door = line({ channel: 'knock' })
    expect(isKnock(door)).toBe(true)
    expect(resultsOf(door).map(({ key }) => key)).toEqual(['1', '2', '3', '4'])
  })

  it('has a box on paper for each result a call can have, and at the door for those there', () => {
    expect(resultsOf(line({})).map(({ box }) => box)).toEqual([
      '收到',
      '到岗',
      '支援',
      '未接',
      '占线',
      '关机',
      '空号',
    ])
    expect(resultsOf(line({ channel: 'knock' })).map(({ box }) => box)).toEqual([
      '收到',
      '到岗',
      '支援',
      '未接',
    ])
  })

  it('says every text that differs once, however many there are', () => {
    const spoken = ['甲', '乙', '', '甲', '丙', '丁', '乙']
    expect(textsOf(spoken.map((one) => line({ spoken: one })))).toEqual(['甲', '乙', '丙', '丁'])
  })

  /** A server with so many lines, which are answered while pages are turned. */
  const server = (count: number, after: (page: number, left: SheetLine[]) => void = () => {}) => {
    const left = Array.from({ length: count }, (_, n) => line({ message: `m${n}` }))
    return (page: number, size: number) => {
      const items = left.slice((page - 1) * size, page * size)
      const told = { items, total: left.length, as_of: '' }
      after(page, left)
      return Promise.resolve(told)
    }
  }

  it('is gathered for paper to the last line', async () => {
    const found = await wholeSheet(server(4500))
    expect(found.items.map(({ message }) => message)).toEqual(
      Array.from({ length: 4500 }, (_, n) => `m${n}`),
    )
    expect(missingOf(found)).toBe(0)
    expect((await wholeSheet(server(0))).items).toEqual([])
  })

  it('is read again where a line was answered meanwhile and another slipped past', async () => {
    let answered = false
    const ask = server(2500, (_, left) => {
      if (!answered) left.shift()
      answered = true
    })
    const found = await wholeSheet(ask)
    expect(found.items.map(({ message }) => message)).toEqual(
      Array.from({ length: 2499 }, (_, n) => `m${n + 1}`),
    )
  })

  it('leaves out nobody who waits where it never stands still', async () => {
    const left = Array.from({ length: 4100 }, (_, n) => line({ message: `m${n}` }))
    const found = await wholeSheet((page, size) => {
      const items = left.slice((page - 1) * size, page * size)
      const told = { items, total: left.length, as_of: '' }
      left.shift()
      return Promise.resolve(told)
    })
    const printed = new Set(found.items.map(({ message }) => message))
    expect(left.length).toBeLessThan(4100)
    expect(left.filter(({ message }) => !printed.has(message))).toEqual([])
  })

  it('says how many lines a page leaves out', () => {
    expect(missingOf({ items: [line({})], total: 8, as_of: '' })).toBe(7)
    expect(missingOf({ items: [line({})], total: 0, as_of: '' })).toBe(0)
    expect(missingOf(null)).toBe(0)
  })
})

describe('own alerts', () => {
  const kind = (more: Partial<WarnKind>) =>
    ({ code: 'k', hazards: [], levels: [], ...more }) as WarnKind

  it('are put into words once kind, hazard and level are there', () => {
    const sheet = { ...emptySheet(), kind: 'k' }
    expect(begun(sheet, undefined)).toBe(false)
    expect(begun(sheet, kind({}))).toBe(true)
    expect(begun(sheet, kind({ hazards: ['fire'], levels: [1, 2] }))).toBe(false)
    expect(
      begun({ ...sheet, hazard: 'fire', level: 2 }, kind({ hazards: ['fire'], levels: [1] })),
    ).toBe(true)
  })

  it('are sent with the codes of their regions', () => {
    const regions = [{ code: '339901200000', name: '竹岚乡' }]
    expect(sentOf({ ...emptySheet(), regions }).regions).toEqual(['339901200000'])
  })

  it('are followed as the server allows, and red is not raised nor blue lowered', () => {
    const verbs = ['update', 'raise', 'lower', 'cancel', 'edit']
    const alert = (level: number | null) => ({ verbs, level }) as unknown as Alert
    expect(followable(alert(1))).toEqual(['update', 'lower', 'cancel'])
    expect(followable(alert(4))).toEqual(['update', 'raise', 'cancel'])
  })
})

describe('coverage to the household', () => {
  it('adds villages up and puts where most are missed first', () => {
    const of = (region: string, name: string, households: number, reached: number) => ({
      region,
      name,
      households,
      reached,
      unreliable: 0,
      unreached: households - reached,
      unknown: 0,
    })
    const parts = gathered(
      [
        of('339901200201', '甲村', 10, 10),
        of('339901201201', '乙村', 9, 4),
        of('339901201202', '丙村', 9, 9),
      ],
      TOWN,
      new Map([
        ['339901200000', '竹岚乡'],
        ['339901201000', '望岭乡'],
      ]),
    )
    expect(parts.map(({ name, households, unreached }) => [name, households, unreached])).toEqual([
      ['望岭乡', 18, 5],
      ['竹岚乡', 10, 0],
    ])
  })
})

describe('a village that fell silent', () => {
  it('tells what is silent, never what is only unknown', () => {
    const unknown = { says: 'unknown', n: 2 } as const
    const silent = { says: 'silent', n: 3 } as const
    expect(signsOf({ posts: 9, phones: silent, sensors: unknown })).toBe(
      '9 个岗位无人应答 · 3 部电话没有回执',
    )
    expect(signsOf({ posts: 0, phones: unknown, sensors: silent })).toBe(
      '3 个监测设备断了 · 没有在叫应',
    )
    expect(signsOf({ posts: 9, phones: unknown, sensors: silent })).toBe(
      '9 个岗位无人应答 · 3 个监测设备断了',
    )
  })
})

describe('a number that is hidden', () => {
  it('is told from one that may be dialled', () => {
    expect(isMasked('100****0412')).toBe(true)
    expect(isMasked('10069539378')).toBe(false)
  })
})
