"""Files that are damaged, cut, joined or oddly made: never a hang or a crash, never a silent gap, times stay right."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from podnotes.audio.decode import SAMPLE_RATE, AudioReader, Gap, format_gaps, probe_audio
from podnotes.errors import AudioError
from tests.audio.sounds import KINDS, chatter, encode, heard, place_of, restamp

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS = 10.0
# Formats where anything is sound: nobody can tell that it is another than was written.
UNMARKED = {"wav", "24.wav", "float.wav", "aiff", "amr", "3gp", "avi"}

# Formats that state no length: what is there is all that anybody knows of.
STATE_NO_LENGTH = {"fragments.mp4", "aac", "opus", "oga", "ts", "avi", "mpg", "ac3", "wma", "amr"}


@pytest.fixture(scope="module")
def sound() -> NDArray[np.float32]:
    return chatter(SECONDS)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, sound: NDArray[np.float32]) -> dict[str, Path]:
    """A file of each kind."""
    folder = tmp_path_factory.mktemp("kinds")
    return {name: encode(folder / f"a.{name}", kind, sound) for name, kind in KINDS.items()}


def shift_at(second: float, whole: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    """How much later a second of the whole is found, or NaN where it isn't."""
    part = whole[round(second * SAMPLE_RATE) : round((second + 1.0) * SAMPLE_RATE)]
    if len(found) < len(part):
        return float("nan")
    at, alike = place_of(part, found)
    return at - second if alike > 0.6 else float("nan")


@pytest.mark.parametrize("name", list(KINDS))
def test_whole_files_have_no_gaps_and_no_notices(name: str, files: dict[str, Path], sound: NDArray[np.float32]) -> None:
    info, samples, gaps = heard(files[name])
    assert gaps == []
    assert info.notices == ()
    assert info.missing == 0.0
    assert len(samples) / SAMPLE_RATE == pytest.approx(SECONDS, abs=0.15)
    assert info.present == pytest.approx(SECONDS, abs=0.15)
    for second in (0.5, 5.0, 8.5):
        assert shift_at(second, sound, samples) == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("name", list(KINDS))
def test_random_damage_is_survived_told_and_keeps_the_times(tmp_path: Path, name: str, files: dict[str, Path]) -> None:
    """Bytes overwritten at random places, by zeros (a download with a hole) or by anything."""
    _, whole, _ = heard(files[name])
    data = files[name].read_bytes()
    for seed in range(2):
        rng = random.Random(f"{name} {seed}")
        damaged = bytearray(data)
        size = len(data) // (15 if seed % 2 else 100)
        begin = rng.randrange(len(data) // 5, len(data) // 2)
        damaged[begin : begin + size] = bytes(size) if seed % 3 else rng.randbytes(size)
        path = tmp_path / f"{seed}.{name}"
        path.write_bytes(damaged)
        try:
            info, samples, gaps = heard(path)
        except AudioError:
            continue
        told = bool(gaps or info.notices or info.missing)
        lost = np.abs(samples[: len(whole)]).reshape(-1)[SAMPLE_RATE:]  # a silent second is a gap
        silent = [k for k in range(0, len(lost) - 8000, 800) if not lost[k : k + 8000].any()]
        assert told or name in UNMARKED or not silent, f"{name} {seed}: half a second of silence, and no word of it"
        assert told or name in UNMARKED or len(samples) > len(whole) - 0.3 * SAMPLE_RATE, f"{name} {seed}"
        if name not in UNMARKED and not info.notices and not info.missing:
            shift = shift_at(8.0, whole, samples)
            assert np.isnan(shift) or abs(shift) < (0.2 if name == "ac3" else 0.12), (
                f"{name} {seed}: {shift:.2f} s late"
            )


@pytest.mark.parametrize("name", list(KINDS))
def test_random_bits_bytes_and_cuts_end_in_sound_or_one_sentence(
    tmp_path: Path, name: str, files: dict[str, Path]
) -> None:
    data = files[name].read_bytes()
    path = tmp_path / f"a.{name}"
    for seed in range(4):
        rng = random.Random(f"{name} bits {seed}")
        damaged = bytearray(data)
        place = rng.randrange(len(data) // 20, len(data))
        if seed % 4 == 0:  # header and all
            for _ in range(5):
                damaged[rng.randrange(min(2000, len(data)))] = rng.randrange(256)
        elif seed % 4 == 1:
            for _ in range(30):
                damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif seed % 4 == 2:
            damaged[place:place] = rng.randbytes(rng.choice([1, 100, 5000]))
        else:
            del damaged[place : place + rng.choice([1, 100, 5000])]
        path.write_bytes(damaged)
        try:
            _, samples, _ = heard(path)
        except AudioError as error:
            sentence = str(error)
        else:
            sentence = "."
            assert len(samples) < 20 * SECONDS * SAMPLE_RATE  # nor is silence made up
            assert np.isfinite(samples).all()
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize("name", sorted(set(KINDS) - STATE_NO_LENGTH))
def test_a_file_that_is_cut_off_says_so(tmp_path: Path, name: str, files: dict[str, Path]) -> None:
    data = files[name].read_bytes()
    path = tmp_path / f"a.{name}"
    path.write_bytes(data[: len(data) * 6 // 10 + 11])
    try:
        info = probe_audio(path)
    except AudioError as error:
        told = str(error)
    else:
        told = "cut off" if info.missing > 2.0 else " ".join(info.notices)
    assert "cut off" in told or "damaged" in told


def test_single_frames_that_are_lost_dont_add_up(tmp_path: Path) -> None:
    sound = chatter(60.0)
    path = encode(tmp_path / "a.mp3", KINDS["mp3"], sound)
    _, whole, _ = heard(path)
    data = bytearray(path.read_bytes())
    for place in range(5000, len(data) - 60_000, 7000):
        data[place : place + 300] = bytes(300)
    path.write_bytes(data)
    _, samples, gaps = heard(path)
    assert len(gaps) > 10
    assert shift_at(58.0, whole, samples) == pytest.approx(0.0, abs=0.12)


# ------------------------------------------------------------------------------------------------- joined files


def _id3(cover: bytes) -> bytes:
    picture = b"\0image/jpeg\0\x03\0" + cover
    body = b"APIC" + len(picture).to_bytes(4, "big") + b"\0\0" + picture
    size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body


def _ape(value: bytes) -> bytes:
    def mark(flags: int) -> bytes:
        size = (len(value) + 32).to_bytes(4, "little")
        return (
            b"APETAGEX"
            + (2000).to_bytes(4, "little")
            + size
            + (1).to_bytes(4, "little")
            + flags.to_bytes(4, "little")
            + bytes(8)
        )

    return mark(0xA0000000) + value + mark(0x80000000)


def test_a_frame_that_is_lost_where_files_were_joined_is_not_worth_a_warning() -> None:
    assert format_gaps([]) is None
    assert format_gaps([Gap(10.0, 10.1)]) is None
    assert format_gaps([Gap(10.0, 10.1), Gap(70.0, 70.2)]) == (
        "0.3 seconds of the audio are damaged and were left out (at 0:10, 1:10)."
    )


def test_tags_and_covers_between_joined_parts_are_no_time(
    tmp_path: Path, files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    """Shows whose adverts are put in on the way are joined so, each part with its own cover."""
    data = files["mp3"].read_bytes()
    frames = data[data.index(b"\xff\xfb") :]
    cover = np.random.default_rng(3).bytes(200_000)  # looks like sound here and there
    path = tmp_path / "a.mp3"
    path.write_bytes(_id3(cover) + frames + _ape(cover) + b"TAG" + bytes(125) + _id3(cover) + frames + _ape(cover))
    info, samples, gaps = heard(path)
    assert gaps == []
    assert info.present == pytest.approx(2 * SECONDS, abs=0.3)
    assert info.missing == 0.0
    second = samples[round(SECONDS * SAMPLE_RATE) :]
    assert shift_at(5.0, sound, second) == pytest.approx(0.06, abs=0.1)


@pytest.mark.parametrize("names", [("opus", "opus"), ("flac", "flac"), ("aac", "aac"), ("mp3", "mp3")])
def test_recordings_that_are_joined_are_heard_one_after_the_other(
    tmp_path: Path, names: tuple[str, str], files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    path = tmp_path / f"a.{names[0]}"
    path.write_bytes(b"".join(files[name].read_bytes() for name in names))
    _, samples, gaps = heard(path)
    assert gaps == []
    assert len(samples) / SAMPLE_RATE == pytest.approx(2 * SECONDS, abs=0.2)
    assert shift_at(5.0, sound, samples[round(SECONDS * SAMPLE_RATE) :]) == pytest.approx(0.0, abs=0.15)


def test_a_chain_that_changes_its_codec_is_told(tmp_path: Path, files: dict[str, Path]) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(files["opus"].read_bytes() + files["oga"].read_bytes())
    info, samples, _ = heard(path)
    assert len(samples) / SAMPLE_RATE == pytest.approx(SECONDS, abs=0.1)
    assert info.notices == ("Nothing after 0:10 can be read, although the file continues: download it again.",)


# --------------------------------------------------------------------------------------------------- time stamps


@pytest.mark.parametrize("container", ["matroska", "mp4"])
def test_sound_that_begins_late_keeps_its_times(
    tmp_path: Path, container: str, files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    path = restamp(files["m4a"], tmp_path / "late", container, lambda at: at + 2.0)
    info, samples, gaps = heard(path)
    assert gaps == []
    assert info.missing == 0.0
    assert shift_at(5.0, sound, samples) == pytest.approx(2.0, abs=0.08)


@pytest.mark.parametrize("container", ["matroska", "mp4", "mpegts", "flv"])
def test_a_clock_that_doesnt_begin_at_zero_is_no_silence(
    tmp_path: Path, container: str, files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    path = restamp(files["m4a"], tmp_path / "hours", container, lambda at: at + 3 * 3600)
    info, samples, gaps = heard(path)
    assert (gaps, info.missing) == ([], 0.0)
    assert shift_at(5.0, sound, samples) == pytest.approx(0.0, abs=0.08)


@pytest.mark.parametrize("container", ["mpegts", "flv"])
def test_a_live_clock_that_jumps_is_told_and_counted_on(
    tmp_path: Path, container: str, files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    path = restamp(files["m4a"], tmp_path / "jump", container, lambda at: at + (3 * 3600 if at > 4 else 0))
    info, samples, gaps = heard(path)
    assert (gaps, info.missing) == ([], 0.0)
    assert "jump at 0:0" in info.notices[0]
    assert shift_at(7.0, sound, samples) == pytest.approx(0.0, abs=0.08)


def test_a_film_goes_on_after_its_sound(tmp_path: Path, sound: NDArray[np.float32]) -> None:
    path = tmp_path / "film.mkv"
    _write(path, [sound[: 3 * SAMPLE_RATE]], picture_s=9.0)
    info, samples, _ = heard(path)
    assert info.missing == 0.0
    assert len(samples) / SAMPLE_RATE == pytest.approx(3.0, abs=0.1)


def test_of_two_tracks_the_default_is_heard_and_told(tmp_path: Path, sound: NDArray[np.float32]) -> None:
    path = tmp_path / "two.mka"
    _write(path, [chatter(4.0, seed=5), sound[: 4 * SAMPLE_RATE]], default=1)
    info, samples, _ = heard(path)
    assert info.notices == ("The file has 2 audio tracks; track 2 (deu) was used.",)
    assert shift_at(2.0, sound, samples) == pytest.approx(0.0, abs=0.05)


def _write(path: Path, tracks: list[NDArray[np.float32]], *, picture_s: float = 0.0, default: int = 0) -> None:
    container = av.open(str(path), "w", format="matroska")
    video: Any = container.add_stream("mpeg4", rate=10) if picture_s else None
    streams: list[Any] = [container.add_stream("flac", rate=SAMPLE_RATE) for _ in tracks]
    for index, stream in enumerate(streams):
        stream.layout = "mono"
        stream.disposition = av.stream.Disposition.default if index == default else av.stream.Disposition(0)
        stream.metadata["language"] = ("eng", "deu")[index]
    if video is not None:
        video.width = video.height = 64
        for index in range(round(picture_s * 10)):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), index % 256, np.uint8))
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
    for stream, samples in zip(streams, tracks, strict=True):
        frame = av.AudioFrame.from_ndarray(
            (samples * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        frame.time_base = Fraction(1, SAMPLE_RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    container.close()


# ---------------------------------------------------------------------------------------------------------- WAV


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000, 0, 100_000])
def test_a_wav_whose_length_was_never_filled_in(
    tmp_path: Path, size: int, files: dict[str, Path], sound: NDArray[np.float32]
) -> None:
    """Streamed, written by a recorder that was stopped, or longer than the 4 GB that its header can say."""
    data = bytearray(files["wav"].read_bytes())
    place = data.index(b"data")
    data[place + 4 : place + 8] = size.to_bytes(4, "little")
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    info, samples, gaps = heard(path)
    assert (info.missing, gaps) == (0.0, [])
    assert shift_at(8.0, sound, samples) == pytest.approx(0.0, abs=0.05)


def test_what_follows_the_sound_of_a_wav_is_not_played(tmp_path: Path, files: dict[str, Path]) -> None:
    data = files["wav"].read_bytes()
    path = tmp_path / "a.wav"
    path.write_bytes(data + b"LIST" + (40_000).to_bytes(4, "little") + b"INFO" + b"x" * 39_996)
    assert len(heard(path)[1]) == len(heard(files["wav"])[1])


def test_a_stream_that_appears_on_the_way_is_no_traceback(tmp_path: Path, files: dict[str, Path]) -> None:
    """Bits that turn over in a transport stream make up new streams that its header doesn't have."""
    data = files["ts"].read_bytes()
    path = tmp_path / "a.ts"
    for seed in range(12):
        rng = random.Random(seed)
        damaged = bytearray(data)
        for _ in range(20):
            place = rng.randrange(len(data) // 188) * 188  # in the header of a packet
            damaged[place + rng.randrange(1, 4)] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        with AudioReader(path) as reader:
            reader.info()
            assert sum(map(len, reader.blocks(5.0))) > 0
