/** What the inbox holds: the messages, how they are narrowed, where the cursor is. */
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { workspaceNow } from '@/api/session'
import { useResource } from '@/design/resource'
import { useLive } from '@/sense/live'
import type { Received, ReceivedPage } from '../shapes'
import { sections } from './order'

export interface InboxQuery {
  region: string
  q: string
  /** Also what holds no longer. */
  over: boolean
}

const EVERY = 15_000
const MOST = 300
/** What came in within this time is shown even when it is over. */
const LATELY = 24 * 3_600_000

export function useInbox(asked: Ref<InboxQuery>, underWay: (alert: string | null) => boolean) {
  /** What waits and what holds, however old; of the rest what came lately, or all of it. */
  const list = useResource(async (signal): Promise<ReceivedPage> => {
    const { region, q, over } = asked.value
    const since = over ? '' : new Date(workspaceNow() - LATELY).toISOString()
    const pages = await Promise.all(
      [{ state: 'waiting' }, { state: 'standing' }, { state: 'all', since }].map((part) =>
        api.get<ReceivedPage>('/alerts/received', { ...part, region, q, size: MOST }, signal),
      ),
    )
    const [waiting, , all] = pages as [ReceivedPage, ReceivedPage, ReceivedPage]
    const items = new Map(pages.flatMap((page) => page.items).map((one) => [one.id, one]))
    return { ...waiting, items: [...items.values()], total: Math.max(all.total, items.size) }
  })
  const live = useLive(list, { every: EVERY, wanted: ({ event }) => event === 'alert' })
  watch(asked, () => void list.load())

  const now = ref(workspaceNow())
  const clock = setInterval(() => (now.value = workspaceNow()), 10_000)
  onScopeDispose(() => clearInterval(clock))

  const all = computed(() => list.value.value?.items ?? [])
  const parts = computed(() => sections(all.value, underWay))
  const order = computed((): Received[] => parts.value.flatMap(({ items }) => items))
  const cursor = ref('')
  const current = computed(() => order.value.find(({ id }) => id === cursor.value) ?? null)
  const standing = computed(() => all.value.filter(({ state }) => state === 'standing').length)
  const relayed = computed(() => all.value.filter(({ alert }) => alert !== null).length)
  const beyond = computed(() => Math.max(0, (list.value.value?.total ?? 0) - all.value.length))

  /** Without a cursor the first one is looked at: what waits, the worst. */
  watch(order, (rows) => {
    if (!cursor.value && rows[0]) cursor.value = rows[0].id
  })
  function step(by: number): void {
    const rows = order.value
    if (!rows.length) return
    const at = rows.findIndex(({ id }) => id === cursor.value)
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]
    if (next) cursor.value = next.id
  }
  return { list, live, now, all, parts, order, cursor, current, standing, relayed, beyond, step }
}

export type Inbox = ReturnType<typeof useInbox>
