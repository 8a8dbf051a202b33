# A runner: one warm interpreter that forks a confined child for each run. Built by docker/build, which sends the
# context: wheels of what students may import, and the inside half of our source.
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
LABEL nabla.stage=build
RUN command -v python3 >/dev/null || \
    { apt-get update && apt-get install --yes --no-install-recommends python3 libstdc++6; }
COPY wheels /wheels
RUN PYTHONPATH=$(echo /wheels/pip-*.whl) python3 -m pip install --no-index --find-links /wheels --no-deps --no-compile \
    --root-user-action ignore --quiet --target /nabla/packages --requirement /wheels/requirements.txt
COPY nabla /nabla
COPY minimal_root.py /
RUN python3 /minimal_root.py /image

FROM scratch
COPY --from=build /image /
ENV PATH=/usr/local/bin:/usr/bin \
    PYTHONPATH=/nabla \
    LANG=C.UTF-8 \
    PYTHONHASHSEED=0 \
    PYTHONDONTWRITEBYTECODE=1 \
    OPENBLAS_NUM_THREADS=1 \
    OMP_NUM_THREADS=1 \
    MKL_NUM_THREADS=1
WORKDIR /
# Followed by the path of its socket and the name of the runtime.
ENTRYPOINT ["python3", "-S", "-s", "-P", "-m", "grader.inside.runner"]
