/** Pages of incidents. */
import type { RouteRecordRaw } from 'vue-router'
import { msg } from '@/locale'

export const incidentRoutes: RouteRecordRaw[] = [
  {
    path: '/incidents',
    component: () => import('./IncidentsPage.vue'),
    meta: { title: msg('突发事件') },
  },
  {
    path: '/incidents/new/:id?',
    component: () => import('./IntakePage.vue'),
    meta: { title: msg('接报') },
  },
  {
    path: '/incidents/:id',
    component: () => import('./IncidentPage.vue'),
    meta: { title: msg('突发事件') },
  },
]
