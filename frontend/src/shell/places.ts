/** Which pages a user is offered, and may open. The server decides; this only spares dead ends. */
import { mayDo } from '@/api/meta'
import { dutyNeeds } from '@/duty/menu'
import { evacuationNeeds } from '@/evacuation/menu'
import { forecastNeeds } from '@/forecast/menu'
import { reliefNeeds } from '@/relief/menu'
import { incidentNeeds } from '@/incidents/menu'
import { learnNeeds } from '@/learn/menu'
import { respondNeeds } from '@/respond/menu'

const NEEDS: Record<string, string[]> = {
  '/': ['regions.view'],
  '/map': ['regions.view'],
  '/obligations': ['obligations.view'],
  '/notices': ['notices.view'],
  '/notices/new': ['notices.send'],
  '/directory': ['directory.view'],
  '/duty': ['duty.view'],
  '/exposure': ['exposure.view'],
  '/plans': ['plans.view'],
  '/forms': ['forms.view'],
  '/forms/new': ['forms.draw'],
  '/alarms': ['alarms.view'],
  '/sense/map': ['observations.view'],
  '/sense/latest': ['observations.view'],
  '/sense/compare': ['observations.view'],
  '/sense/rules': ['rules.view'],
  '/sense/quality': ['observations.view'],
  '/sense/sources': ['sources.view'],
  '/sense/keys': ['device-keys.view'],
  '/sense/maintenance': ['maintenance.view'],
  '/sense/backfill': ['observations.add'],
  '/warn/inbox': ['alerts.view'],
  '/warn/paste': ['alerts.receive'],
  '/warn/refused': ['alerts.receive'],
  '/warn/new': ['alerts.draft'],
  '/warn/orders': ['alerts.draft'],
  '/warn/board': ['calls.view'],
  '/warn/queue': ['alerts.draft', 'alerts.review'],
  '/warn/alerts': ['alerts.view'],
  '/warn/sheet': ['calls.view'],
  '/warn/messages': ['comms.view'],
  '/warn/replies': ['comms.view'],
  '/warn/gaps': ['calls.view'],
  '/warn/channels': ['channels.view'],
  '/warn/readiness': ['comms.view'],
  '/warn/coverage': ['calls.view'],
  ...forecastNeeds,
  ...reliefNeeds,
  ...incidentNeeds,
  ...respondNeeds,
  ...dutyNeeds,
  ...learnNeeds,
  ...evacuationNeeds,
  '/stuck': ['stuck.view'],
  '/journal': ['journal.view'],
  '/accounts': ['users.view', 'grants.view', 'delegations.view', 'walls.view'],
}

export const mayOpen = (path: string): boolean => NEEDS[path]?.some(mayDo) ?? true

/** Where a user begins: the map, or for those who look after the platform the first page of theirs. */
export function home(): string {
  const business = mayDo('directory.view') || mayDo('obligations.view')
  if (business && mayOpen('/')) return '/'
  return ['/journal', '/accounts', '/stuck'].find(mayOpen) ?? '/status'
}
