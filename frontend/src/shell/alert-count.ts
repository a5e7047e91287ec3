/** How many warnings wait to be passed on: asked every minute, and whenever one comes in. */
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'

interface Waiting {
  waiting: number
  by_level?: Record<string, number>
}
export const alertCounts = shallowRef<Waiting>({ waiting: 0 })
const EVERY = 60_000
let timer: ReturnType<typeof setInterval> | undefined

export async function countAlerts(): Promise<void> {
  if (!mayDo('alerts.view') || !mayDo('alerts.relay')) return
  try {
    alertCounts.value = await api.get<Waiting>('/alerts/received/count')
  } catch {
    // The count is a convenience; the inbox itself shows why it cannot be had.
  }
}

/** Whether something grave waits to be passed on: red or orange, or one of which nobody knows. */
export async function warningsWait(): Promise<boolean> {
  await countAlerts()
  const { by_level } = alertCounts.value
  return ['1', '2', '0'].some((level) => (by_level?.[level] ?? 0) > 0)
}

export function followAlerts(): () => void {
  void countAlerts()
  clearInterval(timer)
  timer = setInterval(() => void countAlerts(), EVERY)
  return () => clearInterval(timer)
}
