using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kendt.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kendt.Collect;

/// <summary>Mapping files: YAML that says what the columns of a file mean. Their format is in this folder's README.</summary>
public static class MappingFile
{
    private const string What = "mapping file";

    /// <summary>Reads a mapping file.</summary>
    /// <exception cref="BadInputException">It has faults; the message lists all of them, with line and column.</exception>
    public static Mapping Parse(string yaml)
    {
        var read = new YamlReader();
        var root = YamlReader.Root(yaml, What);
        var members = read.Members(root, "source", "party", "rows", "mode", "entity", "key", "time", "format", "event", "set", "total", "columns");
        var source = Required(read, root, members, "source") ?? "";
        if (source.Length > 0 && !Sources.IsName(source)) read.Fault(members["source"], $"source is in kebab case (loyalty-club); '{source}' is not.");
        _ = Required(read, root, members, "rows");
        var rows = members.TryGetValue("rows", out var said) ? read.Choice<RowsAre>(said) ?? RowsAre.Records : RowsAre.Records;
        var mapping = new Mapping
        {
            Source = source,
            Party = read.Choice<Party>(members.GetValueOrDefault("party")) ?? Party.First,
            Rows = rows,
            IsAccount = read.Choice<Entity>(members.GetValueOrDefault("entity")) is Entity.Account,
            IsFull = read.Choice<Mode>(members.GetValueOrDefault("mode")) is Mode.Full,
            Key = read.Texts(members.GetValueOrDefault("key")),
            Time = read.Text(members.GetValueOrDefault("time")),
            Format = Format(read, members.GetValueOrDefault("format")),
            Event = members.TryGetValue("event", out var name) ? Event(read, name) : null,
            Set = Set(read, members.GetValueOrDefault("set")),
            Total = members.TryGetValue("total", out var total) ? Total(read, total) : null,
            Columns = members.TryGetValue("columns", out var columns) ? MappingColumns.Read(read, columns, rows) : [],
            Yaml = yaml,
            Name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)))[..16],
        };
        Check(read, root, members, mapping);
        read.ThrowIfAny(What);
        return mapping;
    }

    private enum Entity { Person, Account }

    private enum Mode { Add, Full }

    private static string? Required(YamlReader read, YamlNode root, Dictionary<string, YamlNode> members, string name)
    {
        if (!members.TryGetValue(name, out var node)) read.Fault(root, $"{name} is missing.");
        return read.Text(node);
    }

    // What is right by itself and wrong together.
    private static void Check(YamlReader read, YamlNode root, Dictionary<string, YamlNode> members, Mapping mapping)
    {
        if (!members.ContainsKey("columns")) read.Fault(root, "columns is missing: what the columns of the file mean.");
        switch (mapping.Rows)
        {
            case RowsAre.Events:
                if (mapping.Event is null && !members.ContainsKey("event")) read.Fault(root, "event is missing: rows that are events have a name (event: Order Completed).");
                if (mapping.HasLines && mapping.Key.Count == 0) read.Fault(root, "key is missing: lines are put together by it.");
                if (mapping.IsAccount) read.Fault(members["entity"], "entity is for records; events are a person's.");
                break;
            case RowsAre.Devices:
                if (mapping.Columns.Count(c => c.Identifier == Identifier.Device) != 1) read.Fault(root, "one column must be `identifier: device`.");
                break;
            default:
                if (mapping.Columns.Any(c => c.Consent == ConsentPart.State) && !mapping.Columns.Any(c => c.Consent == ConsentPart.Purpose) && !mapping.Set.ContainsKey("purpose"))
                    read.Fault(root, "a consent has a purpose: a column with `consent: purpose`, or `set: { purpose: ... }`.");
                break;
        }
        if (mapping.IsFull && mapping.Rows != RowsAre.Records) read.Fault(members["mode"], "mode: full is for rows: records; what happened does not go away.");
        if (mapping.Rows != RowsAre.Events)
        {
            if (members.TryGetValue("event", out var name)) read.Fault(name, "event is for rows: events.");
            if (members.TryGetValue("total", out var total)) read.Fault(total, "total is for rows: events.");
        }
        foreach (var field in mapping.Total?.Of ?? [])
        {
            if (!mapping.Columns.Any(c => c.Line == field && c.Type == ColumnType.Number)) read.Fault(members["total"], $"'{field}' in `of` is no line field of type number.");
        }
    }

    private static FileFormat Format(YamlReader read, YamlNode? node)
    {
        if (node is null) return new();
        var members = read.Members(node, "delimiter", "encoding", "decimal", "dates", "zone", "quote", "header", "empty", "sheet");
        var dates = read.Texts(members.GetValueOrDefault("dates"));
        foreach (var pattern in dates)
        {
            if (!IsDate(pattern)) read.Fault(members["dates"], $"'{pattern}' is no date pattern with day, month and year (dd-MM-yyyy).");
        }
        var encoding = read.Text(members.GetValueOrDefault("encoding"));
        if (encoding is not null && Encodings.Find(encoding) is null) read.Fault(members["encoding"], $"the encoding '{encoding}' is not known (utf-8, latin1, windows-1252, utf-16).");
        var zone = read.Text(members.GetValueOrDefault("zone"));
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone ?? "UTC", out var found)) read.Fault(members["zone"], $"the zone '{zone}' is not known (Europe/Copenhagen).");
        return new()
        {
            Delimiter = One(read, members.GetValueOrDefault("delimiter")),
            Encoding = encoding,
            Decimal = One(read, members.GetValueOrDefault("decimal")) is { } mark ? mark is ',' or '.' ? mark : Odd(read, members["decimal"]) : '.',
            Dates = dates,
            Zone = found ?? TimeZoneInfo.Utc,
            Quote = members.GetValueOrDefault("quote") is YamlScalarNode { Value: "none" } ? null : One(read, members.GetValueOrDefault("quote"), mayBeQuote: true) ?? '"',
            Header = members.TryGetValue("header", out var header) ? Line(read, header) : 1,
            Empty = read.Texts(members.GetValueOrDefault("empty")),
            Sheet = read.Text(members.GetValueOrDefault("sheet")),
        };
    }

    private static int Line(YamlReader read, YamlNode node)
    {
        if (read.Text(node) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line <= 1000) return line;
        read.Fault(node, "header is the number of the line that names the columns, at most 1000; 0 if no line does.");
        return 1;
    }

    private static char Odd(YamlReader read, YamlNode node)
    {
        read.Fault(node, "decimal is a comma or a point.");
        return '.';
    }

    private static char? One(YamlReader read, YamlNode? node, bool mayBeQuote = false)
    {
        if (node is not YamlScalarNode { Value: { } text }) return null;
        if (text is "\\t" or "tab") return '\t';
        if (text.Length == 1 && text[0] is not ('\n' or '\r') && (mayBeQuote || text[0] != '"')) return text[0];
        read.Fault(node, "there must be one character here, or tab.");
        return null;
    }

    private static bool IsDate(string pattern)
    {
        try
        {
            var day = new DateTime(2023, 11, 22, 0, 0, 0, DateTimeKind.Unspecified);
            return DateTime.TryParseExact(day.ToString(pattern, CultureInfo.InvariantCulture), pattern, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var back) && back.Date == day;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static EventName? Event(YamlReader read, YamlNode node)
    {
        if (node is not YamlMappingNode) return read.Text(node) is { } constant ? new(constant, null, new Dictionary<string, string>()) : null;
        var members = read.Members(node, "column", "names");
        if (!members.TryGetValue("column", out var column)) read.Fault(node, "column is missing: which column says the event.");
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (members.TryGetValue("names", out var list))
        {
            foreach (var (value, name) in read.Members(list)) names[value] = read.Text(name) ?? "";
        }
        return read.Text(column) is { } said ? new(null, said, names) : null;
    }

    private static Dictionary<string, JsonElement> Set(YamlReader read, YamlNode? node)
    {
        var set = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (node is null) return set;
        foreach (var (name, value) in read.Members(node))
        {
            if (value is not YamlScalarNode { Value: { } text } scalar) read.Fault(value, "set holds texts, numbers, true or false.");
            else if (scalar.Style == ScalarStyle.Plain && text is "true" or "false") set[name] = JsonSerializer.SerializeToElement(text == "true");
            else if (scalar.Style == ScalarStyle.Plain && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) set[name] = JsonSerializer.SerializeToElement(number);
            else set[name] = JsonSerializer.SerializeToElement(text);
        }
        return set;
    }

    private static LineTotal? Total(YamlReader read, YamlNode node)
    {
        var members = read.Members(node, "property", "of");
        foreach (var name in new[] { "property", "of" })
        {
            if (!members.ContainsKey(name)) read.Fault(node, $"{name} is missing.");
        }
        return read.Text(members.GetValueOrDefault("property")) is { } property ? new(property, read.Texts(members.GetValueOrDefault("of"))) : null;
    }
}
