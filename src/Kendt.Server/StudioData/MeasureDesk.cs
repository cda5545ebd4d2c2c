using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Measures;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Api;
using Kendt.Server.Security;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Measures as Studio shows and changes them.</summary>
public sealed class MeasureDesk(Measures measures, MeasureValues values, Catalogue segments, Audit audit, TimeProvider time) : IMeasureDesk
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        var (rows, now) = (new List<MeasureRow>(), time.GetUtcNow());
        foreach (var m in await measures.ListAsync(cancel)) rows.Add(new(m.Name, m.Title, m.Level.ToString().ToLowerInvariant(), Text(m.Title, m.Level, m.Measure), Look(await values.SpreadAsync(m.Name, cancel), now)));
        return new([.. rows.OrderBy(r => r.Title, StringComparer.CurrentCultureIgnoreCase)], [.. MeasureTemplates.All.Select(t => new MeasureReady(t.Name, t.Title, Text(t.Title, t.Level, MeasureJson.Parse(t.Json))))], who.May(Permission.EditSegments));
    }

    public async Task<MeasureLook?> PreviewAsync(string text, CancellationToken cancel)
    {
        var (_, level, measure) = Measures.Parse(RuleFile.Tree(text));
        var asOf = time.GetUtcNow();
        return Look(await values.PreviewAsync(measure, level, asOf, cancel), asOf);
    }

    public async Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.EditSegments)) throw new BadInputException("Your role may not make or change measures. Ask an admin.");
        var (title, level, measure) = Measures.Parse(RuleFile.Tree(text));
        await MeasureApi.StoreAsync(new(name, title, level, measure), measures, values, segments, time, cancel);
        await audit.WriteAsync(who.Actor(), "measure.put", name, "", cancel);
    }

    private static MeasureLook? Look(MeasureSpread? spread, DateTimeOffset asOf) => spread is { } s ? new(s.Count, s.Average, s.Least, s.Median, s.Most, asOf) : null;

    private static string Text(string title, MeasureLevel level, Measure measure) =>
        JsonSerializer.Serialize(new { title, level = level.ToString().ToLowerInvariant(), measure = JsonSerializer.Deserialize<JsonElement>(MeasureJson.Write(measure)) }, Readable);
}
