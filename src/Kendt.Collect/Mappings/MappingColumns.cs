using Kendt.Model;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>The columns of a mapping file.</summary>
internal static class MappingColumns
{
    private static readonly string[] DeviceFields = ["kind", "country", "region", "score"];

    public static List<MappedColumn> Read(YamlReader read, YamlNode node, RowsAre rows)
    {
        var columns = new List<MappedColumn>();
        foreach (var (name, use) in read.Members(node))
        {
            if (name.Length == 0) read.Fault(use, "a column has a name.");
            else if (Column(read, name, use, rows) is { } column) columns.Add(column);
        }
        Twice(read, node, columns.Select(c => c.Trait), "trait");
        Twice(read, node, columns.Select(c => c.Property), "property");
        Twice(read, node, columns.Select(c => c.Line), "line");
        Twice(read, node, columns.Select(c => c.Consent?.ToString().ToLowerInvariant()), "consent");
        return columns;
    }

    private static MappedColumn? Column(YamlReader read, string name, YamlNode node, RowsAre rows)
    {
        var m = read.Members(node, "identifier", "trait", "property", "line", "consent", "audience", "separator", "account", "type", "yes", "ignore");
        var column = new MappedColumn
        {
            Name = name,
            Type = read.Choice<ColumnType>(m.GetValueOrDefault("type")) ?? ColumnType.Text,
            Identifier = IdentifierType(read, m.GetValueOrDefault("identifier")),
            Trait = Path(read, m.GetValueOrDefault("trait")),
            Property = Path(read, m.GetValueOrDefault("property")),
            Line = read.Text(m.GetValueOrDefault("line")),
            Consent = read.Choice<ConsentPart>(m.GetValueOrDefault("consent")),
            IsAudiences = m.TryGetValue("audience", out var audience) && IsList(read, audience),
            Separator = m.TryGetValue("separator", out var separator) ? (separator as YamlScalarNode)?.Value is { Length: > 0 } text ? text : ";" : ";",
            IsAccount = read.True(m.GetValueOrDefault("account")),
            Yes = m.TryGetValue("yes", out var yes) ? read.Text(yes) : null,
        };
        var ignored = read.True(m.GetValueOrDefault("ignore"));
        var used = m.Keys.Any(k => k is "identifier" or "trait" or "property" or "line" or "consent" or "audience") || column.IsAccount;
        if (ignored && used) read.Fault(node, $"column '{name}' is ignored and used: say one of the two.");
        if (!ignored && !used) read.Fault(node, $"column '{name}' has no use: say identifier, trait, property, line, consent, audience, account or ignore.");
        if (column.Yes is not null && column.Type != ColumnType.Boolean) read.Fault(node, $"column '{name}': `yes` goes with `type: boolean`.");
        foreach (var key in m.Keys.Where(k => !Fits(k, rows)))
            read.Fault(m[key], $"'{key}' is not for rows: {rows.ToString().ToLowerInvariant()}.");
        if (rows == RowsAre.Devices && column.Trait is { } trait && !DeviceFields.Contains(trait)) read.Fault(m["trait"], $"a device has {string.Join(", ", DeviceFields)}; '{trait}' is none of them.");
        if (rows == RowsAre.Devices && column.Identifier is { } type && type != Identifier.Device) read.Fault(m["identifier"], "a device has no identifier of a person: only `identifier: device`.");
        return ignored || !used ? null : column;
    }

    private static bool Fits(string use, RowsAre rows) => use switch
    {
        "property" or "line" => rows == RowsAre.Events,
        "consent" => rows == RowsAre.Records,
        "account" => rows == RowsAre.Records,
        "audience" or "separator" => rows == RowsAre.Devices,
        _ => true,
    };

    private static bool IsList(YamlReader read, YamlNode node)
    {
        if (read.Text(node) is not { } text) return false;
        if (text != "list") read.Fault(node, "audience is `list`: the column holds the device's audiences.");
        return true;
    }

    private static string? IdentifierType(YamlReader read, YamlNode? node)
    {
        if (read.Text(node) is not { } text) return null;
        if (text.Length <= 40 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')) return text;
        read.Fault(node!, $"the type of an identifier is lower-case letters, digits and underscores (loyalty_no); '{text}' is not.");
        return null;
    }

    private static string? Path(YamlReader read, YamlNode? node)
    {
        if (read.Text(node) is not { } text) return null;
        if (text.Length <= 200 && text.Split('.').All(part => part.Trim().Length > 0)) return text;
        read.Fault(node!, $"'{text}' is no path: names, joined by single dots, at most 200 characters.");
        return null;
    }

    private static void Twice(YamlReader read, YamlNode node, IEnumerable<string?> paths, string use)
    {
        var all = paths.OfType<string>().ToList();
        foreach (var group in all.GroupBy(p => p, StringComparer.Ordinal).Where(g => g.Count() > 1))
            read.Fault(node, $"{use} '{group.Key}' is given by {group.Count()} columns.");
        foreach (var path in all.Distinct(StringComparer.Ordinal).Where(path => all.Any(p => p.StartsWith(path + ".", StringComparison.Ordinal))))
            read.Fault(node, $"{use} '{path}' is a value and an object of others at once.");
    }
}
