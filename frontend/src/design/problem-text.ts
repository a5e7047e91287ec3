/** Problems in words that say what to do; the server's own sentence wins. */
import { ElMessage } from 'element-plus'
import type { Problem, ProblemCode } from '@/api/client'
import { msg, t } from '@/locale'
import { asProblem } from './resource'

const ADVICE: Record<ProblemCode, string> = {
  invalid: msg('填写的内容不符合要求，请按提示修改。'),
  forbidden: msg('您没有做这件事的权限。需要时请找安全管理员授权。'),
  missing: msg('没有找到，或不在您的辖区内。'),
  conflict: msg('别人刚刚改过，请先看最新内容。'),
  unavailable: msg('服务器暂时办不到，请稍后重试。'),
  unauthenticated: msg('请先登录。'),
  'totp-required': msg('请输入动态口令。'),
  locked: msg('账号已锁定。'),
  unreachable: msg('连不上服务器。请检查网络，数据没有丢失，可以重试。'),
}

export function problemText(problem: Problem): string {
  return problem.detail || t(ADVICE[problem.code] ?? ADVICE.invalid)
}

export function problemTitle(problem: Problem): string {
  if (problem.code === 'unreachable') return t('连不上服务器')
  return problem.title || t('没有成功')
}

export function tellProblem(failure: unknown): void {
  const problem = asProblem(failure)
  ElMessage({ type: 'error', message: problemText(problem), duration: 6000, showClose: true })
}

export function tellDone(sentence: string): void {
  ElMessage({ type: 'success', message: sentence, duration: 2500 })
}
