import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fileKind } from "../../../src/formats/signature.js";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("fileKind()", () => {
  it.each([
    ["a Parquet file", latin1("PAR1....")],
    ["an Arrow file", latin1("ARROW1\0\0")],
    ["a numpy array", latin1("\x93NUMPY\x01\0")],
    ["a git-lfs pointer (run git lfs pull)", latin1("version https://git-lfs.github.com/spec/v1\n")],
    ["gzip data", gzipSync("x")],
    ["zstd data", latin1("\x28\xb5\x2f\xfd")],
    ["a zip archive", latin1("PK\x03\x04x")],
    ["a zip archive", latin1("PK\x05\x06x")],
    ["an old Office document", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0")],
    ["a PDF document", latin1("%PDF-1.7\n")],
    ["an SQLite database", latin1("SQLite format 3\0")],
    ["a Python pickle", latin1("\x80\x04\x95")],
    ["a fastText binary model", latin1("\xba\x16\x4f\x2f")],
    ["an HTML page", Buffer.from("\ufeff\n <HTML lang='en'>")],
    ["XML", latin1("<?xml version='1.0'?>")],
  ])("knows %s", (kind, start) => {
    expect(fileKind(start)).toBe(kind);
  });

  it.each(["", "P", "PK 0.1 0.2", "text,label\n", "<a> 1 2", "%PDF", "SQLite format 3,x", "\x80abc", "\x1f", " PAR1"])(
    "does not guess at %j",
    (start) => {
      expect(fileKind(latin1(start))).toBeUndefined();
    },
  );
});
