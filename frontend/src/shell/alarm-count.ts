/** How many alarms wait for somebody to acknowledge them: asked every minute, and on every deed. */
import { shallowRef } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'

export const alarmCounts = shallowRef({ raised: 0 })
const EVERY = 60_000
let timer: ReturnType<typeof setInterval> | undefined

export async function countAlarms(): Promise<void> {
  if (!mayDo('alarms.view')) return
  try {
    alarmCounts.value = await api.get<{ raised: number }>('/alarms/count')
  } catch {
    // The count is a convenience; the desk itself shows why it cannot be had.
  }
}

export function followAlarms(): () => void {
  void countAlarms()
  clearInterval(timer)
  timer = setInterval(() => void countAlarms(), EVERY)
  return () => clearInterval(timer)
}
