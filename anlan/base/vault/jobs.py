"""Scheduled work of the vault."""

from anlan.base.jobs.registry import JobContext, job
from anlan.base.vault import erasure
from anlan.kernel.errors import Unavailable


@job(erasure.JOB, title="清除已销毁信息的残留", title_en="Scrub what was erased", tries=20)
def scrub(_context: JobContext) -> None:
    """Empty the write-ahead log or dead rows; tried again while readers are in the way."""
    if not erasure.scrub():
        raise Unavailable("有长时间的读取尚未结束，稍后再试")
