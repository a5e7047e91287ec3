/** How many warnings wait to be passed on: asked every minute, and whenever one comes in. */
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'

export const alertCounts = shallowRef({ waiting: 0 })
const EVERY = 60_000
let timer: ReturnType<typeof setInterval> | undefined

export async function countAlerts(): Promise<void> {
  if (!mayDo('alerts.view') || !mayDo('alerts.relay')) return
  try {
    alertCounts.value = await api.get<{ waiting: number }>('/alerts/received/count')
  } catch {
    // The count is a convenience; the inbox itself shows why it cannot be had.
  }
}

export function followAlerts(): () => void {
  void countAlerts()
  clearInterval(timer)
  timer = setInterval(() => void countAlerts(), EVERY)
  return () => clearInterval(timer)
}
