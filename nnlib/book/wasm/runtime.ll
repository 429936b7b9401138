; What Numba's array code expects of its surroundings, for a page. Linked over Numba's own definitions.
;
; Memory is an arena: arrays are laid one after the other, none is freed by itself, and the page takes back all it has
; laid since it last looked at `arena_top` (live.js: scope). So reference counts have nothing to do.

%meminfo = type { i64, ptr, ptr, ptr, i64 }     ; count, destructor, its argument, data, size

@__heap_base = external global i8               ; where the linker ends, the arena begins
@arena_top = internal global i32 0

define i32 @arena_get() {
  %top = load i32, ptr @arena_top
  %unused = icmp eq i32 %top, 0
  %base = ptrtoint ptr @__heap_base to i32
  %now = select i1 %unused, i32 %base, i32 %top
  ret i32 %now
}

define void @arena_set(i32 %top) {
  store i32 %top, ptr @arena_top
  ret void
}

; Address of `size` bytes that begin at a multiple of 32, or 0 if the page's memory is used up.
define i32 @arena_take(i32 %size) {
  %top = call i32 @arena_get()
  %up = add i32 %top, 31
  %start = and i32 %up, -32
  %end = add i32 %start, %size
  %wrapped = icmp ult i32 %end, %start
  %pages = call i32 @llvm.wasm.memory.size.i32(i32 0)
  %limit = shl i32 %pages, 16
  %beyond = icmp ugt i32 %end, %limit
  %full = or i1 %wrapped, %beyond
  br i1 %full, label %no, label %yes
yes:
  store i32 %end, ptr @arena_top
  ret i32 %start
no:
  ret i32 0
}
declare i32 @llvm.wasm.memory.size.i32(i32)

define ptr @NRT_MemInfo_alloc_aligned(i64 %bytes, i32 %align) {
  %large = icmp ugt i64 %bytes, 1073741824
  %size = trunc i64 %bytes to i32
  %with_header = add i32 %size, 32
  %asked = select i1 %large, i32 -1, i32 %with_header
  %start = call i32 @arena_take(i32 %asked)
  %none = icmp eq i32 %start, 0
  br i1 %none, label %no, label %yes
yes:
  %info = inttoptr i32 %start to ptr
  %data = getelementptr i8, ptr %info, i32 32
  store i64 1, ptr %info
  %slot = getelementptr %meminfo, ptr %info, i32 0, i32 3
  store ptr %data, ptr %slot
  ret ptr %info
no:
  ret ptr null
}

define ptr @NRT_MemInfo_alloc(i64 %bytes) {
  %info = call ptr @NRT_MemInfo_alloc_aligned(i64 %bytes, i32 8)
  ret ptr %info
}

define ptr @NRT_Allocate(i64 %bytes) {
  %info = call ptr @NRT_MemInfo_alloc_aligned(i64 %bytes, i32 8)
  %none = icmp eq ptr %info, null
  %data = getelementptr i8, ptr %info, i32 32
  %result = select i1 %none, ptr null, ptr %data
  ret ptr %result
}

define void @NRT_Free(ptr %data) alwaysinline { ret void }
define void @NRT_incref(ptr %info) alwaysinline { ret void }
define void @NRT_decref(ptr %info) alwaysinline { ret void }
define void @NRT_MemInfo_call_dtor(ptr %info) alwaysinline { ret void }

; Replaces LLVM's own in the size of a new array, which would need products of 128 bits.
define { i64, i1 } @product_of_sizes(i64 %a, i64 %b) alwaysinline {
  %either = or i64 %a, %b
  %too_large = icmp ugt i64 %either, 2147483647
  %product = mul i64 %a, %b
  %first = insertvalue { i64, i1 } poison, i64 %product, 0
  %both = insertvalue { i64, i1 } %first, i1 %too_large, 1
  ret { i64, i1 } %both
}

; An instruction here; without this a call into the page.
define double @sqrt(double %x) alwaysinline {
  %root = call double @llvm.sqrt.f64(double %x)
  ret double %root
}
declare double @llvm.sqrt.f64(double)
