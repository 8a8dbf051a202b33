# Web, workers and reconciler: one image, told apart by their commands. Built by docker/build, which sends the context:
# wheels of all that the project asks for, and its source.
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
LABEL nabla.stage=build
RUN command -v python3 >/dev/null || \
    { apt-get update && apt-get install --yes --no-install-recommends python3 libstdc++6; }
COPY wheels /wheels
RUN PYTHONPATH=$(echo /wheels/pip-*.whl) python3 -m pip install --no-index --find-links /wheels --no-compile \
    --root-user-action ignore --quiet --target /nabla/packages --requirement /wheels/requirements.txt
COPY nabla /nabla
COPY minimal_root.py /
RUN python3 /minimal_root.py /image cache

FROM scratch
COPY --from=build /image /
ENV PATH=/usr/local/bin:/usr/bin \
    PYTHONPATH=/nabla:/nabla/packages \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=grader.service.settings
WORKDIR /
USER 10001:10001
