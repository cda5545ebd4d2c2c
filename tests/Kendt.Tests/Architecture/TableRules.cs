using System.Text;
using System.Text.RegularExpressions;

namespace Kendt.Tests.Architecture;

/// <summary>A table or view of the migrations, as docs/tables.md lists it.</summary>
public sealed record TableFact(string Name, string Store, string Kind, string Owner, string Key, string Readers, string What);

/// <summary>One table, one writer, many readers: read from the migrations, the source and docs/tables.md.</summary>
public static partial class TableRules
{
    public const string Page = "docs/tables.md", Unsaid = "?";

    private const string Intro = """
        # Tables

        Every table and view of a workspace. The ledger holds small keyed rows (SQLite or PostgreSQL), the warehouse is scanned (DuckDB or
        PostgreSQL). One room writes a table; others may read it. `kendt sql` asks the warehouse. A test compares this page with the
        migrations and the source; with `KENDT_WRITE_TABLES=1` set, it writes all columns but the last.

        | Name | Store | Kind | Owner | Key | Read by | What a row is |
        |---|---|---|---|---|---|---|
        """;

    /// <summary>The tables and views of the migrations (<c>Migrations/Ledger/0001_spine.sql</c> ...), without readers.</summary>
    public static IReadOnlyList<TableFact> Tables(IEnumerable<SourceFile> migrations)
    {
        var tables = new List<TableFact>();
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in migrations)
        {
            var store = file.Path.Split('/')[^2].ToLowerInvariant();
            var owner = "";
            foreach (Match m in Statement().Matches(file.Text))
            {
                if (m.Groups["owner"].Success) owner = m.Groups["owner"].Value;
                else if (m.Groups["view"].Success) tables.Add(new(m.Groups["view"].Value, store, "view", "Store", "", "", ""));
                else if (m.Groups["table"].Success) tables.Add(new(m.Groups["table"].Value, store, "table", owner, "", "", ""));
                else if (m.Groups["altered"].Success) keys[store + "." + m.Groups["altered"].Value] = m.Groups["alteredKey"].Value;
                else if (m.Groups["key"].Success && tables.Count > 0) keys[store + "." + tables[^1].Name] = m.Groups["key"].Value;
            }
        }
        return [.. tables.Select(t => t with { Key = keys.GetValueOrDefault(t.Store + "." + t.Name, "") })];
    }

    /// <summary>Tables without an owner comment above them.</summary>
    public static IEnumerable<string> Unowned(IEnumerable<TableFact> tables) => tables.Where(t => t.Owner.Length == 0).Select(t => $"{t.Name} has no '-- Owner NAME' above it.");

    /// <summary>Writes by another room than the owner, and writes to what no migration makes.</summary>
    public static IEnumerable<string> Writes(IReadOnlyList<TableFact> tables, SourceFile file)
    {
        var code = file.Code;
        var own = Made().Matches(code).Select(m => m.Groups["table"].Value).ToHashSet(StringComparer.Ordinal);
        foreach (Match m in Write().Matches(code))
        {
            var name = m.Groups["table"].Value.ToLowerInvariant();
            if (own.Contains(name)) continue;
            var owners = tables.Where(t => t.Name == name).Select(t => t.Kind == "view" ? "nobody" : t.Owner).Distinct().ToList();
            var where = $"{file.Path}:{code.AsSpan(0, m.Index).Count('\n') + 1}";
            if (owners.Count == 0) yield return $"{where}: '{name}' is in no migration.";
            else if (!owners.Contains(file.Module)) yield return $"{where}: {file.Module} writes {name}, which is {owners[0]}'s.";
        }
    }

    /// <summary>The rooms, other than the owner, and the views that read each table.</summary>
    public static IReadOnlyList<TableFact> WithReaders(IReadOnlyList<TableFact> tables, IEnumerable<SourceFile> source, IEnumerable<SourceFile> migrations)
    {
        var reads = source.SelectMany(f => Read().Matches(f.Code).Select(m => (Table: m.Groups["table"].Value, Reader: f.Module)));
        var views = migrations.SelectMany(f => View().Matches(f.Text)).SelectMany(v => Read().Matches(v.Groups["body"].Value).Select(m => (Table: m.Groups["table"].Value, Reader: $"`{v.Groups["view"].Value}`")));
        var all = reads.Concat(views).Distinct().ToLookup(r => r.Table, r => r.Reader, StringComparer.Ordinal);
        return [.. tables.Select(t => t with { Readers = string.Join(", ", all[t.Name].Where(r => r != t.Owner).Order(StringComparer.Ordinal)) })];
    }

    /// <summary>The rows of the page.</summary>
    public static IReadOnlyList<TableFact> Listed(string page) =>
        [.. page.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Trim('|', ' ').Split(" | ").Select(c => c.Trim()).ToArray())
            .Select(c => c is [var name, var store, var kind, var owner, var key, var readers, var what] ? new TableFact(name.Trim('`'), store, kind, owner, key.Trim('`', '-'), readers == "-" ? "" : readers, what) : throw new FormatException($"{Page}: the row of {c[0]} has {c.Length} columns, not 7."))];

    /// <summary>Where the page and the truth differ.</summary>
    public static IEnumerable<string> Differences(IReadOnlyList<TableFact> truth, IReadOnlyList<TableFact> listed)
    {
        var page = listed.ToLookup(t => (t.Store, t.Name));
        foreach (var table in truth)
        {
            var rows = page[(table.Store, table.Name)].ToList();
            if (rows.Count != 1) yield return $"{Page}: {table.Store} {table.Name} is listed {rows.Count} times.";
            else if (rows[0] with { What = "" } != table with { What = "" }) yield return $"{Page}: it should say: {Row(table with { What = rows[0].What })}";
            else if (rows[0].What is "" or Unsaid) yield return $"{Page}: say what a row of {table.Name} is.";
        }
        foreach (var row in listed.Where(l => !truth.Any(t => (t.Store, t.Name) == (l.Store, l.Name)))) yield return $"{Page}: {row.Store} {row.Name} does not exist.";
    }

    /// <summary>The page anew, with what the old one says about each table.</summary>
    public static string Written(IReadOnlyList<TableFact> truth, IReadOnlyList<TableFact> listed)
    {
        var said = listed.DistinctBy(t => (t.Store, t.Name)).ToDictionary(t => (t.Store, t.Name), t => t.What);
        var text = new StringBuilder(Intro.ReplaceLineEndings("\n")).Append('\n');
        foreach (var table in truth) text.Append(Row(table with { What = said.GetValueOrDefault((table.Store, table.Name), Unsaid) })).Append('\n');
        return text.ToString();
    }

    private static string Row(TableFact t) => $"| `{t.Name}` | {t.Store} | {t.Kind} | {t.Owner} | {(t.Key.Length == 0 ? "-" : $"`{t.Key}`")} | {(t.Readers.Length == 0 ? "-" : t.Readers)} | {t.What} |";

    [GeneratedRegex(@"^-- Owner (?<owner>\w+)|^create table (?<table>\w+)|^create view (?<view>\w+)|^alter table (?<altered>\w+) add primary key \((?<alteredKey>[^)]*)\)|primary key \((?<key>[^)]*)\)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();

    [GeneratedRegex(@"^create view (?<view>\w+) as(?<body>[^;]*);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex View();

    [GeneratedRegex(@"\binsert\s+into\s+(?<table>\w+)|\bupdate\s+(?<table>\w+)\s+set\b|\bdelete\s+from\s+(?<table>\w+)|\bLoadAsync\(""(?<table>\w+)""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Write();

    [GeneratedRegex(@"\bcreate\s+(temporary\s+)?table\s+(if\s+not\s+exists\s+)?(?<table>\w+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Made();

    // What is deleted from or loaded is not thereby read.
    [GeneratedRegex(@"(?<!\bdelete\s+)\b(from|join)\s+(?<table>[a-z_]+)\b(?!\s*\()", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Read();
}
