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

export function useInbox(asked: Ref<InboxQuery>) {
  const list = useResource((signal) =>
    api.get<ReceivedPage>(
      '/alerts/received',
      {
        state: asked.value.over ? 'all' : 'waiting,standing',
        region: asked.value.region,
        q: asked.value.q,
        size: MOST,
      },
      signal,
    ),
  )
  const live = useLive(list, { every: EVERY, wanted: ({ event }) => event === 'alert' })
  watch(asked, () => void list.load())

  const now = ref(workspaceNow())
  const clock = setInterval(() => (now.value = workspaceNow()), 10_000)
  onScopeDispose(() => clearInterval(clock))

  const all = computed(() => list.value.value?.items ?? [])
  const parts = computed(() => sections(all.value))
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
