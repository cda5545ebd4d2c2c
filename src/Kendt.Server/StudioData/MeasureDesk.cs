using System.Globalization;
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
public sealed class MeasureDesk(MeasureRooms rooms, CustomerList list, Audit audit, TimeProvider time) : IMeasureDesk
{
    private const int Weeks = 13, MostHighest = 20;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        var rows = new List<MeasureRow>();
        foreach (var m in await rooms.Measures.ListAsync(cancel)) rows.Add(await RowAsync(m, cancel));
        return new([.. rows.OrderBy(r => r.Title, StringComparer.CurrentCultureIgnoreCase)],
            [.. MeasureTemplates.All.Select(t => (Template: t, Measure: MeasureJson.Parse(t.Json))).Select(t => new MeasureReady(t.Template.Name, t.Template.Title, Word(t.Template.Level), Say(t.Measure, t.Template.Level), Text(t.Template.Title, t.Template.Level, t.Measure)))],
            who.May(Permission.EditSegments));
    }

    public async Task<MeasureDetail?> FindAsync(string name, ClaimsPrincipal who, CancellationToken cancel)
    {
        if ((await rooms.Measures.ListAsync(cancel)).Find(m => m.Name == name) is not { } measure) return null;
        var said = await SaidAsync(measure.Measure, measure.Level, await rooms.Values.LookAsync(name, cancel), time.GetUtcNow(), who, cancel);
        return new(await RowAsync(measure, cancel), said, await HoldersAsync(await rooms.Values.HighestAsync(name, MostHighest, cancel), measure.Level, who, cancel),
            measure.Level is MeasureLevel.Business ? await CurveAsync(measure, cancel) : [], who.May(Permission.EditSegments));
    }

    public async Task<MeasureSaid> PreviewAsync(string text, ClaimsPrincipal who, CancellationToken cancel)
    {
        var (_, level, measure) = Measures.Parse(RuleFile.Tree(text));
        var asOf = time.GetUtcNow();
        return await SaidAsync(measure, level, await rooms.Values.PreviewAsync(measure, level, asOf, cancel), asOf, who, cancel);
    }

    public async Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.EditSegments)) throw new BadInputException("Your role may not make or change measures. Ask an admin.");
        var (title, level, measure) = Measures.Parse(RuleFile.Tree(text));
        await MeasureApi.StoreAsync(new(name, title, level, measure), rooms.Measures, rooms.Values, rooms.Segments, time, cancel);
        await audit.WriteAsync(who.Actor(), "measure.put", name, "", cancel);
    }

    public async Task<IReadOnlyList<BusinessFigure>> BusinessAsync(CancellationToken cancel)
    {
        var found = new List<BusinessFigure>();
        foreach (var measure in (await rooms.Measures.ListAsync(cancel)).Where(m => m.Level is MeasureLevel.Business).OrderBy(m => m.Title, StringComparer.CurrentCultureIgnoreCase))
        {
            var curve = await CurveAsync(measure, cancel);
            found.Add(new(measure.Name, measure.Title, curve.Count > 0 ? curve[^1].Value : null, curve, curve.Count > 0 ? curve[^1].At : time.GetUtcNow()));
        }
        return found;
    }

    // A figure a week, the last one now: what took long is kept with its moment, as insight is.
    private async Task<IReadOnlyList<Point>> CurveAsync(StoredMeasure measure, CancellationToken cancel) => await rooms.Answers.OfAsync($"business {measure.Name}", false, async (asOf, stop) =>
    {
        DateTimeOffset[] moments = [.. Enumerable.Range(0, Weeks).Select(i => asOf.AddDays(7 * (i - Weeks + 1)))];
        var values = await rooms.Values.TrendAsync(measure.Measure, moments, stop);
        return moments.Zip(values).Where(p => p.Second is not null).Select(p => new Point(p.First, p.Second!.Value)).ToList();
    }, cancel);

    private async Task<MeasureSaid> SaidAsync(Measure measure, MeasureLevel level, MeasurePreview look, DateTimeOffset asOf, ClaimsPrincipal who, CancellationToken cancel) => new(
        Say(measure, level), Word(level), Look(look.Spread, asOf), [.. look.Bars.Select(b => new MeasureStep(b.From, b.To, b.Subjects))], await HoldersAsync(look.Some, level, who, cancel));

    private async Task<IReadOnlyList<MeasureHolder>> HoldersAsync(IReadOnlyList<(ProfileId Subject, double Value)> figures, MeasureLevel level, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (level is MeasureLevel.Business || !who.May(Permission.SeePeople)) return [];
        var names = (await list.RowsAsync([.. figures.Select(f => f.Subject)], measures: false, cancel)).ToDictionary(p => p.Id, p => p.Name);
        return [.. figures.Where(f => names.ContainsKey(f.Subject)).Select(f => new MeasureHolder(f.Subject, names[f.Subject], f.Value))];
    }

    private async Task<MeasureRow> RowAsync(StoredMeasure m, CancellationToken cancel) =>
        new(m.Name, m.Title, Word(m.Level), Say(m.Measure, m.Level), Text(m.Title, m.Level, m.Measure), Look(await rooms.Values.SpreadAsync(m.Name, cancel), time.GetUtcNow()));

    private static string Say(Measure measure, MeasureLevel level) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da" ? MeasureSentence.Danish(measure, level) : MeasureSentence.English(measure, level);

    private static MeasureLook? Look(MeasureSpread? spread, DateTimeOffset asOf) => spread is { } s ? new(s.Count, s.Average, s.Least, s.Median, s.Most, asOf) : null;

    private static string Word(MeasureLevel level) => level.ToString().ToLowerInvariant();

    private static string Text(string title, MeasureLevel level, Measure measure) =>
        JsonSerializer.Serialize(new { title, level = Word(level), measure = JsonSerializer.Deserialize<JsonElement>(MeasureJson.Write(measure)) }, Readable);
}

/// <summary>The rooms that measures come from.</summary>
public sealed record MeasureRooms(Measures Measures, MeasureValues Values, Catalogue Segments, InsightAnswers Answers);
