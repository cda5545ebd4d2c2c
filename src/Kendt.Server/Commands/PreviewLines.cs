using System.Globalization;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Commands;

/// <summary>What a file seems to be, for the terminal.</summary>
internal static class PreviewLines
{
    private static readonly string[] Shown = ["encoding", "delimiter", "quote", "header", "sheet", "decimal", "dates", "empty", "zone"];

    public static async Task<int> ShowAsync(Gateway gateway, HttpContent content, Answer answer, FileInfo? save, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/imports/preview") { Content = content };
        var seen = await gateway.SendAsync(request, cancel);
        if (answer.IsJson) answer.Json(seen);
        else Show(seen, answer);
        if (save is null) return 0;
        if (seen.GetProperty("mapping").GetString() is not { } mapping) throw new BadInputException(seen.Text("fault") is { Length: > 0 } fault ? fault : "These are messages of the tracking API: they need no mapping.");
        await File.WriteAllTextAsync(save.FullName, mapping, cancel);
        if (!answer.IsJson) answer.Line($"The mapping is in {save}. Mend it if need be, then: kendt import FILE --mapping {save}");
        return 0;
    }

    private static void Show(JsonElement seen, Answer answer)
    {
        var (format, proposed) = (seen.GetProperty("format"), seen.GetProperty("proposed"));
        answer.Line(string.Create(CultureInfo.InvariantCulture, $"{seen.Text("file")}: {seen.Text("form")}, {seen.GetProperty("rows").GetInt64():N0} rows, {seen.GetProperty("columns").GetArrayLength()} columns"));
        var parts = Shown.Select(n => (Name: n, Text: Plain(format.GetProperty(n)))).Where(p => p.Text.Length > 0);
        answer.Line(string.Join("   ", parts.Select(p => $"{p.Name} {p.Text}")));
        answer.Line($"proposed: {proposed.Text("rows")}{(proposed.Text("activity") is "none" or "" ? "" : $" ({proposed.Text("activity")})")}, key {(Plain(proposed.GetProperty("key")) is { Length: > 0 } key ? key : "none")}, time {(proposed.Text("time") is { Length: > 0 } time ? time : "none")}");
        answer.Line("");
        answer.Table(["column", "type", "meaning", "sure", "filled", "example", "because"], seen.GetProperty("columns").EnumerateArray().Take(200).Select(c => (IReadOnlyList<string>)[
            Short(c.Text("name"), 28), c.Text("type"), c.Text("meaning"), Percent(c, "confidence"), Percent(c, "filled"), Short(c.GetProperty("examples").EnumerateArray().Select(e => e.GetString()!).FirstOrDefault(""), 32), c.Text("because")]));
        answer.Line("");
        foreach (var remark in seen.GetProperty("remarks").EnumerateArray()) answer.Line((remark.GetProperty("needsDecision").GetBoolean() ? "! " : "- ") + remark.Text("text"));
    }

    private static string Percent(JsonElement column, string name) => column.GetProperty(name).GetDouble().ToString("P0", CultureInfo.InvariantCulture);

    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(" ", value.EnumerateArray().Select(v => v.GetString())),
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString() is "\t" ? "tab" : value.GetString()!,
        _ => value.GetRawText(),
    };

    private static string Short(string text, int most)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : line[..(most - 1)] + "…";
    }
}
