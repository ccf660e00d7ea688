import Foundation

/// A file that must not be published: what people call it, where it stands in the tree, and what is in it.
struct LeakingShape: Sendable, CustomStringConvertible {
  let name: String
  let path: String
  let bytes: [UInt8]

  var description: String { name }

  init(_ name: String, _ path: String, _ bytes: [UInt8]) {
    self.name = name
    self.path = path
    self.bytes = bytes
  }

  init(_ name: String, _ path: String, _ text: String) { self.init(name, path, Array(text.utf8)) }

  /// An identifier that does not say that it is made up.
  static let tenant = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
  private static let digits = tenant.replacing("-", with: "")
  private static let saying = "How do I reset my SECRET password?"

  static let all = tables + objects + databases + prose + code + names + identifiers + secrets + encodings + binaries

  /// What names people and servers.
  static let reviewer = "B <b@acme.com>"
  static let database = "postgresql://labs:SECRET1@db/x"
  static let remote = "https://labs:SECRETword1@git.acme.com/labs.git"
  /// A table of what people and models said.
  static let rows = "prompt,completion\n\(saying),Click on it\nWhat is SECRET?,A word\n"
  private static let good = "created_at,chosen_model_slug,judge_score,source\n"

  static let tables = [
    LeakingShape("CSV with texts", "a.csv", rows),
    LeakingShape("CSV named .txt", "a.txt", rows),
    LeakingShape("CSV named .md", "a.md", rows),
    LeakingShape("CSV without an extension", "a", rows),
    LeakingShape("CSV named .json", "a.json", rows),
    LeakingShape("CSV named .swift", "a.swift", rows),
    LeakingShape("CSV named .sh", "a.sh", rows),
    LeakingShape("CSV named .yaml", "a.yaml", rows),
    LeakingShape("CSV named LICENSE", "LICENSE", "License\n" + rows),
    LeakingShape("table with semicolons", "a.csv", rows.replacing(",", with: ";")),
    LeakingShape("table with tabs", "a.tsv", rows.replacing(",", with: "\t")),
    LeakingShape("table with tabs named .csv", "a.csv", rows.replacing(",", with: "\t")),
    LeakingShape("table with bars", "a.csv", rows.replacing(",", with: "|")),
    LeakingShape("CSV without a header", "a.csv", "2026-01-01,\(saying),Click\n2026-01-01,What?,That\n"),
    LeakingShape("a column of another name", "a.csv", "input_text,generated_text\n\(saying),Click\n"),
    LeakingShape("a column in capitals", "a.csv", "created_at,Prompt\n2026-01-01,SECRET\n"),
    LeakingShape("a column with spaces", "a.csv", "created_at, judge_rationale \n2026-01-01,SECRET\n"),
    LeakingShape("a known column with a text", "a.csv", "created_at,task_type\n2026-01-01,\(saying)\n"),
    LeakingShape("a text in a column of scores", "a.csv", "created_at,judge_score\n2026-01-01,SECRET\n"),
    LeakingShape("a comment at the end of CSV", "a.csv", good + "2026-01-01,m,4,synthetic\n# \(saying)\n"),
    LeakingShape("source prod", "a.csv", good + "2026-01-01,m,4,synthetic\n2026-01-01,m,4,prod\n"),
    LeakingShape("source Prod", "a.csv", good + "2026-01-01,m,4,Prod\n"),
    LeakingShape("source prod with a space", "a.csv", good + "2026-01-01,m,4, prod\n"),
    LeakingShape("source prod in quotes", "a.csv", good + "2026-01-01,m,4,\"prod\"\n"),
    LeakingShape("source production", "a.csv", good + "2026-01-01,m,4,production\n"),
    LeakingShape("a tenant by its name", "a.csv", "created_at,tenant_id\n2026-01-01,SECRET GmbH\n"),
    LeakingShape("an outcome without a source", "a.csv", good + "2026-01-01,m,4,\n"),
    LeakingShape("bare carriage returns", "a.csv", good.replacing("\n", with: "\r")),
  ]

  static let objects = [
    LeakingShape("JSON over several lines", "a.json", "{\n  \"prompt\":\n    \"\(saying)\"\n}\n"),
    LeakingShape("an escaped key", "a.json", #"{"pr\u006fmpt": "SECRET"}"#),
    LeakingShape("a nested key", "a.json", #"{"models": {"m": {"input_text": "SECRET"}}}"#),
    LeakingShape("a conversation", "a.json", #"{"messages": [{"role": "user", "content": "SECRET"}]}"#),
    LeakingShape("another word for a prompt", "a.json", #"{"question": "SECRET", "answer": "SECRET"}"#),
    LeakingShape("a key in capitals", "a.json", #"{"SOURCE": "prod"}"#),
    LeakingShape("source production in JSON", "a.json", #"{"source": " Production "}"#),
    LeakingShape("an escaped source", "a.json", #"{"source": "\u0070rod"}"#),
    LeakingShape("a key twice", "a.json", #"{"source": "prod", "source": "synthetic"}"#),
    LeakingShape("a text under a key of numbers", "a.json", #"{"reward": "SECRET words"}"#),
    LeakingShape("a text under a key of names", "a.json", "{\"slug\": \"\(saying)\"}"),
    LeakingShape("a list of texts", "a.json", "[\"\(saying)\"]"),
    LeakingShape(
      "JSON lines with a transcript", "a.jsonl", #"{"source": "synthetic"}"# + "\n" + #"{"transcript": "SECRET"}"#),
    LeakingShape("JSON lines named .json", "a.json", #"{"source": "synthetic"}"# + "\n" + #"{"source": "prod"}"#),
    LeakingShape("JSON with comments", "a.json", "// \(saying)\n{}"),
    LeakingShape("a notebook with outputs", "a.ipynb", "{\"cells\": [{\"outputs\": [{\"text\": [\"\(saying)\"]}]}]}"),
    LeakingShape(
      "a recording of requests", "a.har", #"{"log": {"entries": [{"request": {"postData": {"text": "SECRET"}}}]}}"#),
    LeakingShape("a recording named .json", "a.json", #"{"log": {"entries": [{"response": {"content": "SECRET"}}]}}"#),
    LeakingShape("a decision with a text", "a.dsjson", "{\"_label_cost\": 0, \"c\": {\"_text\": \"\(saying)\"}}"),
    LeakingShape("words as features", "a.vw", "shared |text how do i reset my SECRET password\n0:1:0.5 |a b=c\n"),
    LeakingShape("JSON inside of a text of JSON", "a.json", #"{"detail": "{\"prompt\": \"SECRET\"}"}"#),
    LeakingShape("a note beside an outcome", "a.jsonl", "{\"chosen_model_slug\": \"m\", \"note\": \"\(saying)\"}\n"),
    LeakingShape("a tenant by its name in a cell", "a.json", #"{"cells": {"chat:SECRET-corp:balanced": {"n": 1}}}"#),
    LeakingShape("no source", "a.json", #"{"source": null}"#),
  ]

  static let databases = [
    LeakingShape("INSERT", "a.sql", "INSERT INTO calls VALUES (1, '\(saying)');\n"),
    LeakingShape("INSERT with columns", "a.sql", "INSERT INTO calls (id, prompt) VALUES (1, 'SECRET');\n"),
    LeakingShape("INSERT of production", "a.sql", "INSERT INTO routing_outcomes (id, source) VALUES (1, 'prod');\n"),
    LeakingShape("COPY with rows", "a.sql", "COPY calls (id, task_type) FROM stdin;\n1\tSECRET\n\\.\n"),
    LeakingShape("a schema with rows", "a.sql", "CREATE TABLE c (id int);\nINSERT INTO c VALUES (1, '\(saying)');\n"),
    LeakingShape("UPDATE with a text", "a.sql", "UPDATE routing_outcomes SET judge_rationale = '\(saying)';\n"),
    LeakingShape(
      "rows in a function's body", "a.sql", "DO $$ BEGIN INSERT INTO c (prompt) VALUES ('SECRET'); END $$;\n"),
    LeakingShape("a dump named .sql", "a.sql", "PGDMP\u{1}\u{e}"),
    LeakingShape("a result of psql", "a.md", "```\n id | prompt\n----+--------\n 1  | SECRET\n```\n"),
    LeakingShape("a comment in SQL", "a.sql", "-- prompt: \(saying)\nSELECT 1;\n"),
    LeakingShape("a text in SELECT", "a.sql", "SELECT '\(saying)' AS a;\n"),
    LeakingShape("a record of psql", "a.md", "```\n-[ RECORD 1 ]\nid | 1\n```\n"),
  ]

  static let prose = [
    LeakingShape("a table in Markdown", "a.md", "| tenant | prompt |\n| --- | --- |\n| acme | SECRET |\n"),
    LeakingShape("a block of CSV in Markdown", "a.md", "```csv\n\(rows)```\n"),
    LeakingShape("a block without a language", "a.md", "```\n\(rows)```\n"),
    LeakingShape("a block of JSON in Markdown", "a.md", "```json\n{\"prompt\": \"SECRET\"}\n```\n"),
    LeakingShape("a comment in Markdown", "a.md", "# Title\n<!-- \(saying) -->\n"),
    LeakingShape("a conversation in Markdown", "a.md", "**User:** \(saying)\n\n**Assistant:** Click on it.\n"),
    LeakingShape("a prompt in a text", "a.txt", "\(saying)\n"),
    LeakingShape("a log", "worker.log", "2026-01-01 GET /v1 \(saying)\n"),
    LeakingShape("rows in YAML", "a.yaml", "- prompt: \(saying)\n  source: prod\n"),
    LeakingShape("a block of YAML", "a.yaml", "description: |\n  User: \(saying)\n  Assistant: Click on it.\n"),
    LeakingShape(
      "a page with another column", "a.html", "<!DOCTYPE html>\n<html><table><tr><th>prompt</th></tr></table></html>"),
    LeakingShape("a page with a script", "a.html", "<!DOCTYPE html>\n<html><script>let x = 'SECRET'</script></html>"),
    LeakingShape("a page with a comment", "a.html", "<!DOCTYPE html>\n<html><!-- \(saying) --></html>"),
    LeakingShape("a plot with data", "a.svg", "<svg xmlns=\"x\"><metadata>SECRET</metadata></svg>"),
    LeakingShape("a conversation by headings", "a.md", "### Prompt\n\n\(saying)\n\n### Completion\n\nClick on it.\n"),
    LeakingShape("rows of names and numbers", "a.md", "2026-01-01,m,4,SECRET\n2026-01-02,m,3,SECRET\n"),
    LeakingShape("columns set by spaces", "a.md", "```\ncustomer  prompt\nSECRET    log in\n```\n"),
    LeakingShape("a table in HTML in Markdown", "a.md", "<table><tr><td>\(saying)</td></tr></table>\n"),
    LeakingShape("a comment in YAML", "a.yaml", "# prompt: \(saying)\nwindow_days: 30\n"),
    LeakingShape("a list in YAML", "a.yaml", "- [\"\(saying)\", \"Click on it\"]\n"),
  ]

  static let code = [
    LeakingShape("a literal of JSON in Swift", "a.swift", #"let a = "{\"prompt\": \"SECRET\"}""# + "\n"),
    LeakingShape(
      "a literal of CSV in Swift", "a.swift", "let a = \"\"\"\n  \(rows.replacing("\n", with: "\n  "))\"\"\"\n"),
    LeakingShape("a comment with rows in Swift", "a.swift", "/*\n\(rows)*/\nlet a = 1\n"),
    LeakingShape("prose after Swift", "a.swift", "let a = 1\n\(saying)\n"),
    LeakingShape("a document in a script", "a.sh", "#!/bin/sh\ncat <<EOF\n\(rows)EOF\n"),
    LeakingShape("prose after a script", "a.sh", "#!/bin/sh\nset -e\n\(saying)\n"),
    LeakingShape("rows in Python", "a.py", "a = '''\n\(rows)'''\n"),
    LeakingShape(
      "a literal that hides an identifier", "a.swift",
      "let a = \"7c9e6679\\u{2d}7425\\u{2d}40de\\u{2d}944b\\u{2d}e07fc1f90ae7\"\n"),
    LeakingShape("a dictionary in Swift", "a.swift", "let a = [\"prompt\": \"\(saying)\"]\n"),
    LeakingShape("a dictionary in Python", "a.py", "a = [{\"question\": \"\(saying)\"}]\n"),
    LeakingShape("an object in a script", "a.sh", "#!/bin/sh\ncurl -d '{\"prompt\": \"\(saying)\"}' localhost\n"),
  ]

  static let names = [
    LeakingShape("an identifier in a file's name", "\(tenant).md", "# Notes\n"),
    LeakingShape("an identifier in a folder's name", "\(tenant)/a.md", "# Notes\n"),
    LeakingShape("an identifier without hyphens in a name", "t_\(digits).md", "# Notes\n"),
    LeakingShape("a text as a name", "\(saying).md", "# Notes\n"),
    LeakingShape("a file in a hidden folder", ".cache/a.csv", rows),
    LeakingShape("a file of no known kind", "a.bin", "x"),
  ]

  static let identifiers = [
    LeakingShape("an identifier in prose", "a.md", "See tenant \(tenant).\n"),
    LeakingShape("an identifier in capitals", "a.md", "See tenant \(tenant.uppercased()).\n"),
    LeakingShape("an identifier without hyphens", "a.md", "See tenant \(digits).\n"),
    LeakingShape("an identifier in braces", "a.md", "See {\(tenant)}.\n"),
    LeakingShape("an identifier as a URN", "a.md", "See urn:uuid:\(tenant).\n"),
    LeakingShape("an identifier with underscores", "a.md", "See \(tenant.replacing("-", with: "_")).\n"),
    LeakingShape("an identifier with dashes of print", "a.md", "See \(tenant.replacing("-", with: "–")).\n"),
    LeakingShape("an identifier in base64", "a.md", "See N2M5ZTY2NzktNzQyNS00MGRlLTk0NGItZTA3ZmMxZjkwYWU3.\n"),
    LeakingShape("an identifier's bytes in base64", "a.md", "See fJ5meXQlQN6US+B/wfkK5w==.\n"),
    LeakingShape("an identifier in a cell of JSON", "a.json", "{\"cell\": \"chat:\(tenant):balanced\"}"),
    LeakingShape(
      "an identifier in a page", "a.html",
      "<!DOCTYPE html>\n<html><p>\(tenant.replacing("-", with: "&#45;"))</p></html>"),
    LeakingShape("an identifier in a metric", "a.prom", "labs_cells{tenant=\"\(tenant)\"} 1\n"),
    LeakingShape("an identifier's bytes in base64 of URLs", "a.md", "See fJ5meXQlQN6US-B_wfkK5w.\n"),
    LeakingShape(
      "an escaped identifier in JSON", "a.json", "{\"slug\": \"\(tenant.replacing("-", with: "\\u002d"))\"}"),
  ]

  static let secrets = [
    LeakingShape("an environment file", ".env", "PGPASSWORD=SECRET-word-1\n"),
    LeakingShape("a URL with a password", "a.md", "postgresql://labs:SECRETword1@db.example.com/gateway\n"),
    LeakingShape("a password in a script", "a.sh", "#!/bin/sh\nPGPASSWORD=SECRETword1 psql\n"),
    LeakingShape("a password in YAML", "a.yaml", "env:\n  PGPASSWORD: SECRETword1\n"),
    LeakingShape("a line of a password file", "a.md", "db.acme.com:5432:gateway:labs:SECRETword1\n"),
    LeakingShape("a private key", "a.md", "-----BEGIN PRIVATE KEY-----\n"),
    LeakingShape("a token", "a.md", "Use ghp_16C7e42F292c6912E7710c838347Ae178B4a here.\n"),
    LeakingShape("an address of a person", "a.md", "Ask jane.SECRET@acme.com.\n"),
    LeakingShape("a variable of a container", "a.yaml", "env:\n  - name: PGPASSWORD\n    value: SECRETword1\n"),
    LeakingShape("a login of curl", "a.md", "curl -u labs:SECRETword1 localhost\n"),
  ]

  static let encodings = [
    LeakingShape("a byte-order mark", "a.csv", [0xef, 0xbb, 0xbf] + Array(good.utf8)),
    LeakingShape("UTF-16", "a.csv", [0xff, 0xfe] + rows.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
    LeakingShape("UTF-16 without a mark", "a.md", rows.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
    LeakingShape("UTF-32", "a.csv", rows.unicodeScalars.flatMap { [UInt8($0.value & 255), 0, 0, 0] }),
    LeakingShape("Latin-1", "a.md", Array("caf".utf8) + [0xe9, 10]),
    LeakingShape("a NUL byte", "a.md", Array("# Title\n".utf8) + [0] + Array(saying.utf8)),
    LeakingShape("a control character", "a.md", "# Title\u{1b}[8m\(saying)\n"),
    LeakingShape("an invisible character", "a.md", "pro\u{200b}mpt\n"),
    LeakingShape("a very long line", "a.md", String(repeating: "word ", count: 2000) + "\n"),
    LeakingShape("base64 of a text", "a.md", "eyJwcm9tcHQiOiJIb3cgZG8gSSByZXNldCBteSBwYXNzd29yZD8ifQ==\n"),
    LeakingShape("a dump of bytes", "a.md", "00000000: 5573 6572 3a20 686f 7720 646f 2049 2063\n"),
  ]

  static let binaries = [
    LeakingShape("a ZIP archive", "a.zip", [0x50, 0x4b, 3, 4]),
    LeakingShape("a ZIP archive named .csv", "a.csv", [0x50, 0x4b, 3, 4, 20, 0]),
    LeakingShape("a tar archive", "a.tar", [UInt8](repeating: 0, count: 1024)),
    LeakingShape("xz", "a.csv.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
    LeakingShape("zstd", "a.csv.zst", [0x28, 0xb5, 0x2f, 0xfd]),
    LeakingShape("bzip2", "a.csv.bz2", Array("BZh9".utf8)),
    LeakingShape("no gzip, but named so", "a.csv.gz", good),
    LeakingShape("an image", "a.png", [0x89, 0x50, 0x4e, 0x47]),
    LeakingShape("an image named .svg", "a.svg", [0x89, 0x50, 0x4e, 0x47]),
    LeakingShape("a photograph", "a.jpg", [0xff, 0xd8, 0xff, 0xe1]),
    LeakingShape("PDF", "a.pdf", "%PDF-1.7\n"),
    LeakingShape("PDF named .md", "a.md", Array("%PDF-1.7\n%".utf8) + [0xe2, 0xe3, 0xcf, 0xd3]),
    LeakingShape("a pickle", "a.pkl", [0x80, 4, 0x95]),
    LeakingShape("arrays of numpy", "a.npy", [0x93] + Array("NUMPY".utf8)),
    LeakingShape("Parquet", "a.parquet", "PAR1"),
    LeakingShape("SQLite", "a.sqlite", "SQLite format 3\0"),
    LeakingShape("a workbook", "a.xlsx", [0x50, 0x4b, 3, 4]),
    LeakingShape("a core dump", "core", [0x7f, 0x45, 0x4c, 0x46]),
    LeakingShape("an executable without an extension", "tool", [0x7f, 0x45, 0x4c, 0x46]),
  ]
}
