import { msg } from '@/locale'

/** What the menu offers of incidents. */
export const INCIDENTS = [{ to: '/incidents', icon: 'incident', title: msg('突发事件') }]

export const incidentNeeds: Record<string, string[]> = {
  '/incidents': ['incidents.view'],
  '/incidents/new': ['incidents.take'],
}
