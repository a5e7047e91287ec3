"""Attachments: what hangs on what. The bytes lie under ``DIR/files``, named by their SM3 digest."""

from typing import ClassVar

from django.db import models

from anlan.kernel.ids import LENGTH, new_id


class File(models.Model):
    """One attachment. Two of the same bytes share one stored file."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小")
    #: What the bytes are, by looking at them; never what the sender says.
    mime = models.CharField("类型", max_length=100)
    sm3 = models.CharField("摘要", max_length=64, db_index=True)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject = models.CharField("对象", max_length=64)
    region = models.CharField("地区", max_length=15, blank=True)
    #: Who is heard or seen in it: erasing the person destroys it. "" for things and papers.
    person = models.CharField("本人", max_length=LENGTH, blank=True, default="")
    by = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject", "id"], name="file_subject"),
            models.Index(fields=["person"], condition=~models.Q(person=""), name="file_person"),
        ]

    def __str__(self) -> str:
        return self.name
