// The library that stands between the server and the disk and clock: see shim/shim.cpp.
import { closeSync, existsSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { binary } from "../../e2e/support/server.mjs";

export const library = process.env.SOYUZ_FAULTS ?? resolve(dirname(binary), "tests/faults/libsoyuz_faults.so");

// Where each value stands in shim/control.hpp, and how many bytes it has.
const places = {
  sync_error: [0, 4],
  write_error: [4, 4],
  sync_delay_ms: [8, 4],
  failed_syncs: [12, 4],
  clock_offset_s: [16, 8],
};
export const errno = { EIO: 5, ENOSPC: 28, EDQUOT: 122 };

/** Steers the shim of one server. `environment` goes to Server.start. */
export class Shim {
  constructor(folder, { shadow = false } = {}) {
    if (!existsSync(library))
      throw new Error(`${library} is not built: cmake --build --preset … --target soyuz_faults`);
    this.file = join(folder, "faults-control");
    this.data = join(folder, "data");
    this.shadow = join(folder, "shadow");
    writeFileSync(this.file, Buffer.alloc(24));
    this.environment = { LD_PRELOAD: library, SOYUZ_FAULTS_ROOT: this.data, SOYUZ_FAULTS_CONTROL: this.file };
    if (shadow) this.environment.SOYUZ_FAULTS_SHADOW = this.shadow;
  }

  set(name, value) {
    const [at, size] = places[name];
    const bytes = Buffer.alloc(size);
    if (size === 8) bytes.writeBigInt64LE(BigInt(value));
    else bytes.writeInt32LE(value);
    const file = openSync(this.file, "r+");
    writeSync(file, bytes, 0, size, at);
    closeSync(file);
  }

  get(name) {
    const [at, size] = places[name];
    const bytes = Buffer.alloc(size);
    const file = openSync(this.file, "r");
    readSync(file, bytes, 0, size, at);
    closeSync(file);
    return size === 8 ? Number(bytes.readBigInt64LE()) : bytes.readInt32LE();
  }
}
