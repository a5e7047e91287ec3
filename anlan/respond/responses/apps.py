from django.apps import AppConfig


class ResponsesConfig(AppConfig):
    name = "anlan.respond.responses"
    label = "responses"
    verbose_name = "应急响应"
