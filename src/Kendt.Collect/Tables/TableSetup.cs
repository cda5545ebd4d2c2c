using System.Globalization;
using Kendt.Model;
using Kendt.Store;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>How a table of another database is read. Made by <see cref="Parse"/>; its format is in this folder's README.</summary>
public sealed record TableSetup
{
    private const string What = "table file";

    public required string Source { get; init; }
    public ForeignKind Kind { get; init; }
    public required ForeignQuery Query { get; init; }
    /// <summary>How much before the last position is read again, for rows that were committed late: seconds, or the cursor's own numbers.</summary>
    public decimal Lookback { get; init; }
    /// <summary>Minutes between two syncs; 0: only when somebody asks.</summary>
    public int Every { get; init; }
    public required Mapping Mapping { get; init; }
    /// <summary>The text that it was made from.</summary>
    public required string Yaml { get; init; }

    /// <exception cref="BadInputException">It has faults; the message lists all of them, with line and column.</exception>
    public static TableSetup Parse(string yaml)
    {
        var read = new YamlReader();
        var root = YamlReader.Root(yaml, What);
        var m = read.Members(root, "kind", "table", "query", "cursor", "lookback", "every", "timeout", "mapping");
        foreach (var name in new[] { "kind", "mapping" })
        {
            if (!m.ContainsKey(name)) read.Fault(root, $"{name} is missing.");
        }
        if (m.ContainsKey("table") == m.ContainsKey("query")) read.Fault(root, "say one of table and query: what is to be read.");
        if (m.TryGetValue("lookback", out var back) && !m.ContainsKey("cursor")) read.Fault(back, "a look-back goes with a cursor.");
        var mapping = m.TryGetValue("mapping", out var node) ? MappingOf(read, node) : null;
        if (mapping?.IsFull == true && m.ContainsKey("cursor")) read.Fault(m["mapping"], "a mapping that is full goes with a table without a cursor: only then all rows come at once, and those that do not come are gone.");
        var query = new ForeignQuery
        {
            Table = read.Text(m.GetValueOrDefault("table")),
            Select = m.TryGetValue("query", out var select) ? QueryOf(read, select) : null,
            Cursor = read.Text(m.GetValueOrDefault("cursor")),
            Keys = mapping?.Key ?? [],
            Timeout = TimeSpan.FromSeconds((double)Number(read, m.GetValueOrDefault("timeout"), 60, 1, 3_600)),
        };
        var setup = new TableSetup
        {
            Source = mapping?.Source ?? "",
            Kind = read.Choice<ForeignKind>(m.GetValueOrDefault("kind")) ?? ForeignKind.Postgres,
            Query = query,
            Lookback = Number(read, m.GetValueOrDefault("lookback"), 0, 0, 1_000_000_000),
            Every = (int)Number(read, m.GetValueOrDefault("every"), 0, 0, 100_000),
            Mapping = mapping!,
            Yaml = yaml,
        };
        read.ThrowIfAny(What);
        return setup;
    }

    private static Mapping? MappingOf(YamlReader read, YamlNode node)
    {
        try
        {
            return MappingFile.Parse((read.Text(node) ?? "").TrimEnd() + "\n");
        }
        catch (BadInputException fault)
        {
            read.Fault(node, fault.Message);
            return null;
        }
    }

    private static string? QueryOf(YamlReader read, YamlNode node)
    {
        try
        {
            return ReadOnlyQuery.Single(read.Text(node) ?? "");
        }
        catch (BadInputException fault)
        {
            read.Fault(node, fault.Message);
            return null;
        }
    }

    private static decimal Number(YamlReader read, YamlNode? node, decimal otherwise, decimal least, decimal most)
    {
        if (node is null) return otherwise;
        if (read.Text(node) is { } text && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        read.Fault(node, string.Create(CultureInfo.InvariantCulture, $"there must be a number from {least} to {most} here."));
        return otherwise;
    }
}
