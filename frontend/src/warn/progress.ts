/** How far the calls of all alerts in force have come, by the alert's id. */
import { computed } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'
import { useResource } from '@/design/resource'
import { useLive } from '@/sense/live'
import type { Calls } from './shapes'

const EVERY = 20_000
const TOPICS = new Set(['answer', 'alert'])

export function useProgress() {
  const list = useResource(async (signal) =>
    mayDo('calls.view')
      ? api.get<{ items: (Calls & { alert: string })[] }>('/calls/progress', {}, signal)
      : { items: [] },
  )
  useLive(list, { every: EVERY, wanted: ({ event }) => TOPICS.has(event) })
  const byAlert = computed(
    () => new Map((list.value.value?.items ?? []).map((one) => [one.alert, one])),
  )
  return (alert: string | null): Calls | null => (alert && byAlert.value.get(alert)) || null
}
