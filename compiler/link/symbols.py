"""Symbols that the linker itself defines: bounds of sections and of the image. (GNU ld's default scripts)"""

from __future__ import annotations

from compiler.link.layout import Layout
from compiler.link.resolve import Resolution
from compiler.object.model import ABSOLUTE, SHT_NOBITS, STB_GLOBAL, UNDEFINED

GLOBAL_POINTER_BIAS = 0x800  # so that signed 12-bit offsets cover 4 KiB of small data


def is_identifier(name: str) -> bool:
    return name.isidentifier() and name.isascii()


def define_linker_symbols(resolution: Resolution, layout: Layout) -> None:
    """Give every undefined reference to such a name its value; a program's own definition wins."""
    bounds: dict[str, int] = {}
    for name, stem in (
        (".preinit_array", "preinit_array"), (".init_array", "init_array"), (".fini_array", "fini_array"),
    ):  # fmt: skip
        output = layout.by_name.get(name)
        start = output.address if output is not None else 0
        bounds[f"__{stem}_start"] = start
        bounds[f"__{stem}_end"] = start + (output.size if output is not None else 0)
    for output in layout.outputs:
        if is_identifier(output.name):
            bounds["__start_" + output.name] = output.address
            bounds["__stop_" + output.name] = output.address + output.size
    writable = layout.segments[2].sections
    text = layout.by_name.get(".text")
    etext = text.address + text.size if text is not None else layout.base
    end = layout.end
    initialised = [output for output in writable if output.type != SHT_NOBITS]
    zeroed = [output for output in writable if output.type == SHT_NOBITS and output not in layout.tls]
    edata = initialised[-1].address + initialised[-1].size if initialised else end
    bss = zeroed[0].address if zeroed else edata
    for name in ("_end", "end", "__BSS_END__", "__bss_end", "__bss_end__", "_bss_end__", "__end__"):
        bounds[name] = end
    for name in ("etext", "_etext", "__etext"):
        bounds[name] = etext
    for name in ("edata", "_edata", "__DATA_END__"):
        bounds[name] = edata
    for name in ("__bss_start", "__bss_start__"):
        bounds[name] = bss
    for name in ("__executable_start", "__ehdr_start"):
        bounds[name] = layout.base
    small = layout.by_name.get(".sdata") or layout.by_name.get(".sbss")
    data = writable[0].address if writable else layout.base
    bounds["__global_pointer$"] = (small.address if small is not None else data) + GLOBAL_POINTER_BIAS
    bounds["__DATA_BEGIN__"] = bounds["__SDATA_BEGIN__"] = small.address if small is not None else data
    got = layout.by_name.get(".got")
    bounds["_GLOBAL_OFFSET_TABLE_"] = got.address if got is not None else data
    bounds["__rela_iplt_start"] = bounds["__rela_iplt_end"] = 0
    bounds["__tdata_start"] = layout.tls_address
    for name, value in bounds.items():
        symbol = resolution.definitions.get(name)
        if symbol is not None and symbol.where == UNDEFINED:
            symbol.where, symbol.value, symbol.binding = ABSOLUTE, value, STB_GLOBAL  # in place: slots refer to it
