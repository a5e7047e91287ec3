/** What the desk holds: the alarms, how they are narrowed, where the cursor is, what is marked. */
import { computed, onScopeDispose, reactive, ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { workspaceNow } from '@/api/session'
import { useResource } from '@/design/resource'
import { tellProblem } from '@/design/problem-text'
import { named, t } from '@/locale'
import { countAlarms } from '@/shell/alarm-count'
import { useLive } from '../live'
import type { Alarm, AlarmPage, AlarmState, AlarmVerb } from '../shapes'
import { doOnMany, tellMany, type Done } from './deeds'
import {
  byTime,
  byUrgency,
  grouped,
  groupOf,
  isHeading,
  isLoud,
  isShelved,
  narrowed,
  type DeskRow,
  type Grouping,
  type Narrow,
} from './order'

export interface DeskQuery {
  region: string
  hazard: string
  closed: boolean
}

const EVERY = 15_000
/** The newest so many are held; more can be told from each other by nobody. */
const MOST = 2000

export function useDesk(asked: Ref<DeskQuery>) {
  const list = useResource((signal) =>
    api.get<AlarmPage>(
      '/alarms',
      {
        state: asked.value.closed ? 'closed' : 'open',
        region: asked.value.region,
        hazard: asked.value.hazard,
        size: MOST,
      },
      signal,
    ),
  )
  const live = useLive(list, { every: EVERY, wanted: ({ event }) => event === 'alarm' })
  watch(asked, () => void list.load())

  const now = ref(workspaceNow())
  const clock = setInterval(() => (now.value = workspaceNow()), 10_000)
  onScopeDispose(() => clearInterval(clock))

  const narrow: Narrow = reactive({
    levels: new Set<number>(),
    states: new Set<AlarmState>(),
    shelved: 'no' as const,
    words: '',
  })
  const grouping = ref<Grouping>('none')
  const order = ref<'urgency' | 'time'>('urgency')
  const all = computed(() => list.value.value?.items ?? [])
  const kept = computed(() => narrowed(all.value, narrow, now.value))
  const sorted = computed(() =>
    order.value === 'time' ? byTime(kept.value) : byUrgency(kept.value, now.value),
  )
  const rows = computed(() =>
    grouped(sorted.value, grouping.value, (alarm) =>
      grouping.value === 'hazard'
        ? named(alarm, 'hazard_label') || t('设备与通信')
        : `${alarm.place} · ${alarm.region_name}`,
    ),
  )
  /** Open alarms that are too many to be held here. */
  const beyond = computed(() => Math.max(0, (list.value.value?.total ?? 0) - all.value.length))
  const counts = computed(() => ({
    loud: all.value.filter((alarm) => isLoud(alarm, now.value)).length,
    shelved: all.value.filter((alarm) => isShelved(alarm, now.value)).length,
  }))
  const byLevel = computed(() => {
    const found = new Map<number, number>()
    for (const { level } of kept.value) found.set(level ?? 0, (found.get(level ?? 0) ?? 0) + 1)
    return found
  })

  const cursor = ref('')
  const marked = shallowRef(new Set<string>())
  const busy = ref(false)
  const at = computed(() =>
    rows.value.findIndex((row) => !isHeading(row) && row.id === cursor.value),
  )
  const current = computed(() => all.value.find(({ id }) => id === cursor.value) ?? null)

  function step(by: number): number {
    const alarms = rows.value
    let place = at.value < 0 ? (by > 0 ? -1 : alarms.length) : at.value
    let next: DeskRow | undefined
    do {
      place += by
      next = alarms[place]
    } while (next && isHeading(next))
    if (next && !isHeading(next)) cursor.value = next.id
    return at.value
  }

  function mark(id: string): void {
    const next = new Set(marked.value)
    if (!next.delete(id)) next.add(id)
    marked.value = next
  }
  /** From the cursor to this one. */
  function markTo(id: string): void {
    const ids = rows.value.flatMap((row) => (isHeading(row) ? [] : [row.id]))
    const [from, to] = [ids.indexOf(cursor.value), ids.indexOf(id)].sort((a, b) => a - b)
    if (from === undefined || to === undefined || from < 0) return mark(id)
    marked.value = new Set([...marked.value, ...ids.slice(from, to + 1)])
  }
  function markAll(): void {
    marked.value =
      marked.value.size >= kept.value.length ? new Set() : new Set(kept.value.map(({ id }) => id))
  }
  /** What a deed is about: the marked ones that are still shown, else the one at the cursor. */
  const chosen = computed((): Alarm[] => {
    const held = kept.value.filter(({ id }) => marked.value.has(id))
    return held.length ? held : current.value ? [current.value] : []
  })

  /** All of them, or none when all were. */
  function markGroup(ids: string[]): void {
    const next = new Set(marked.value)
    const all = ids.every((id) => next.has(id))
    for (const id of ids)
      if (all) next.delete(id)
      else next.add(id)
    marked.value = next
  }
  /** The alarms that belong together with the one at the cursor: its group, else its place. */
  function markAlike(): void {
    const one = current.value
    if (!one) return
    const by = grouping.value === 'hazard' ? 'hazard' : 'site'
    markGroup(
      kept.value.filter((alarm) => groupOf(alarm, by) === groupOf(one, by)).map(({ id }) => id),
    )
  }

  /** What could not be done stays marked, so that one sees which. */
  async function settle(refused: string[] = []): Promise<void> {
    marked.value = new Set(refused)
    await list.load()
    void countAlarms()
  }

  /** Does one deed on alarms and says what became of it. */
  async function act(verb: AlarmVerb, alarms: Alarm[], sentence: (n: number) => string) {
    if (!alarms.length || busy.value) return
    busy.value = true
    try {
      const done: Done = await doOnMany(
        verb,
        alarms.map(({ id }) => id),
      )
      tellMany(sentence(done.settled), done)
      await settle(done.refused)
    } catch (failure) {
      tellProblem(failure)
    } finally {
      busy.value = false
    }
  }

  async function acknowledge(): Promise<void> {
    const alone = marked.value.size === 0
    const next = alone ? rows.value[at.value + 1] : undefined
    const waiting = chosen.value.filter(({ acknowledged_at }) => !acknowledged_at)
    if (!waiting.length || busy.value) return
    await act('acknowledge', waiting, (n) => t('已确认 {n} 条报警', { n }))
    // One key after the other works through the list from the top.
    if (next && !isHeading(next)) cursor.value = next.id
  }

  return {
    list,
    live,
    now,
    narrow,
    grouping,
    order,
    all,
    kept,
    rows,
    counts,
    beyond,
    byLevel,
    cursor,
    marked,
    busy,
    at,
    current,
    chosen,
    step,
    mark,
    markTo,
    markAll,
    markAlike,
    markGroup,
    settle,
    act,
    acknowledge,
  }
}

export type Desk = ReturnType<typeof useDesk>
