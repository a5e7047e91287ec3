import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadMeta } from '@/api/meta'
import { loadSession, session, user } from '@/api/session'
import { msg } from '@/locale'
import { home } from '@/shell/places'

const page = (title: string, extra: Record<string, unknown> = {}) => ({ title, ...extra })

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    component: () => import('@/pages/LoginPage.vue'),
    meta: page(msg('登录'), { open: true }),
  },
  {
    path: '/',
    component: () => import('@/map/MapPage.vue'),
    meta: page(msg('一张图'), { bare: true }),
  },
  {
    path: '/registers/:key',
    component: () => import('@/register/RegisterPage.vue'),
    meta: page(msg('台账')),
  },
  {
    path: '/registers/:key/new',
    component: () => import('@/register/FormPage.vue'),
    meta: page(msg('新增')),
  },
  {
    path: '/registers/:key/:id',
    component: () => import('@/register/DetailPage.vue'),
    meta: page(msg('详情')),
  },
  {
    path: '/registers/:key/:id/edit',
    component: () => import('@/register/FormPage.vue'),
    meta: page(msg('修改')),
  },
  {
    path: '/obligations',
    component: () => import('@/pages/ObligationsPage.vue'),
    meta: page(msg('我的事项')),
  },
  {
    path: '/obligations/:id',
    component: () => import('@/pages/ObligationPage.vue'),
    meta: page(msg('事项')),
  },
  {
    path: '/notices',
    component: () => import('@/pages/NoticesPage.vue'),
    meta: page(msg('通知中心')),
  },
  {
    path: '/notices/new',
    component: () => import('@/pages/NoticeWritePage.vue'),
    meta: page(msg('发通知')),
  },
  {
    path: '/notices/:id',
    component: () => import('@/pages/NoticePage.vue'),
    meta: page(msg('通知')),
  },
  {
    path: '/directory',
    component: () => import('@/pages/DirectoryPage.vue'),
    meta: page(msg('通讯录')),
  },
  { path: '/duty', component: () => import('@/pages/DutyPage.vue'), meta: page(msg('值班表')) },
  {
    path: '/exposure',
    component: () => import('@/pages/ExposurePage.vue'),
    meta: page(msg('受影响人口')),
  },
  {
    path: '/alarms',
    component: () => import('@/sense/alarms/AlarmDeskPage.vue'),
    meta: page(msg('报警台')),
  },
  {
    path: '/sense/map',
    component: () => import('@/sense/stations/StationMapPage.vue'),
    meta: page(msg('监测一张图'), { bare: true }),
  },
  {
    path: '/sense/latest',
    component: () => import('@/sense/stations/LatestPage.vue'),
    meta: page(msg('实时数据')),
  },
  {
    path: '/sense/compare',
    component: () => import('@/sense/stations/ComparePage.vue'),
    meta: page(msg('曲线对照')),
  },
  {
    path: '/sense/stations/:id',
    component: () => import('@/sense/stations/StationPage.vue'),
    meta: page(msg('测站')),
  },
  {
    path: '/sense/rules',
    component: () => import('@/sense/rules/RulesPage.vue'),
    meta: page(msg('报警规则')),
  },
  {
    path: '/sense/rules/:id',
    component: () => import('@/sense/rules/RulePage.vue'),
    meta: page(msg('报警规则')),
  },
  {
    path: '/sense/quality',
    component: () => import('@/sense/quality/QualityPage.vue'),
    meta: page(msg('数据质量')),
  },
  {
    path: '/sense/sources',
    component: () => import('@/sense/sources/SourcesPage.vue'),
    meta: page(msg('接入来源')),
  },
  {
    path: '/sense/sources/:id',
    component: () => import('@/sense/sources/SourcePage.vue'),
    meta: page(msg('接入来源')),
  },
  {
    path: '/sense/keys',
    component: () => import('@/sense/sources/KeysPage.vue'),
    meta: page(msg('设备密钥')),
  },
  {
    path: '/sense/maintenance',
    component: () => import('@/sense/quality/MaintenancePage.vue'),
    meta: page(msg('检修登记')),
  },
  {
    path: '/stuck',
    component: () => import('@/pages/StuckPage.vue'),
    meta: page(msg('卡住的事')),
  },
  {
    path: '/journal',
    component: () => import('@/pages/JournalPage.vue'),
    meta: page(msg('留痕')),
  },
  {
    path: '/accounts',
    component: () => import('@/pages/AccountsPage.vue'),
    meta: page(msg('用户与权限')),
  },
  {
    path: '/status',
    component: () => import('@/pages/StatusPage.vue'),
    meta: page(msg('系统状态')),
  },
  { path: '/me', component: () => import('@/pages/MePage.vue'), meta: page(msg('我的账号')) },
  {
    path: '/:rest(.*)*',
    component: () => import('@/pages/LostPage.vue'),
    meta: page(msg('没有这个页面')),
  },
]

export const router = createRouter({ history: createWebHistory(), routes })

/** Where a login should lead back to; never off this site. */
export function landing(raw: unknown): string {
  return typeof raw === 'string' && /^\/(?![/\\])/.test(raw) ? raw : '/'
}

router.beforeEach(async (to) => {
  if (!session.value) await loadSession()
  if (to.meta.open) return user.value && !user.value.must_change_password ? '/' : true
  if (!user.value || user.value.must_change_password) {
    return { path: '/login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  }
  await loadMeta()
  // The map is nobody's dead end: who has none begins elsewhere.
  return to.path === '/' && home() !== '/' ? home() : true
})
