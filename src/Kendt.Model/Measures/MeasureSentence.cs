using System.Globalization;
using Kendt.Model.Filters;

namespace Kendt.Model.Measures;

/// <summary>A measure as a sentence that people read, in English and in Danish.</summary>
public static class MeasureSentence
{
    /// <summary>The measure in English: <c>for each customer, the sum of total over "Order Completed" in the last 90 days</c>.</summary>
    public static string English(Measure measure, MeasureLevel level) => Say(measure, level, MeasureWords.English);

    /// <summary>The measure in Danish.</summary>
    public static string Danish(Measure measure, MeasureLevel level) => Say(measure, level, MeasureWords.Danish);

    private static string Say(Measure measure, MeasureLevel level, MeasureWords words) => $"{words.Levels[(int)level]}, " + measure switch
    {
        Ratio ratio => $"{Part(ratio.Of, words)} {words.DividedBy} {Part(ratio.To, words)}",
        _ => Part((EventMeasure)measure, words),
    };

    private static string Part(EventMeasure measure, MeasureWords words)
    {
        var (calculation, speaker) = (measure.Calculation, new Speaker(words.OfRules));
        var events = measure.Match.Name == EventMeasure.Everything ? words.Everything : speaker.Match(measure.Match);
        var unit = calculation.Unit.Length > 0 ? words.Units[calculation.Unit] : "";
        var which = calculation.Which.Length > 0 ? words.Which[calculation.Which] : "";
        var window = measure.Window switch
        {
            { Within: { } within } => " " + speaker.Last(within),
            { During: { } during } => " " + words.Periods[during.ToString()],
            var w => (w.From is { } from ? $" {words.OfRules.From} {from}" : "") + (w.To is { } to ? $" {words.OfRules.Until} {to}" : ""),
        };
        return string.Format(CultureInfo.InvariantCulture, words.Kinds[(int)calculation.Kind], calculation.Of?.Text, events, calculation.At.ToString(words.OfRules.Culture), unit, which) + window;
    }
}

/// <summary>The words of a language.</summary>
/// <param name="Levels">By <see cref="MeasureLevel"/>.</param>
/// <param name="Kinds">By <see cref="CalculationKind"/>: 0 is the property, 1 the events, 2 the percentile, 3 the unit, 4 which.</param>
internal sealed record MeasureWords(Words OfRules, string[] Levels, string[] Kinds, string Everything, string DividedBy, Dictionary<string, string> Units, Dictionary<string, string> Which, Dictionary<string, string> Periods)
{
    public static MeasureWords English { get; } = new(Words.English,
        ["for each customer", "for each company with its people and the companies below it", "for the business"],
        ["the number of {1}", "the sum of {0} over {1}", "the average {0} over {1}", "the lowest {0} over {1}", "the highest {0} over {1}", "the number of different {0} over {1}",
            "{0} at the first {1}", "{0} at the last {1}", "the {0} that {2} in 100 {1} stay below", "whole {3} since the {4} {1}", "the {4} run of {3} in a row with {1}", "the number of different days with {1}", "the number of visits with {1}"],
        "anything done", "divided by",
        new() { ["hour"] = "hours", ["day"] = "days", ["week"] = "weeks", ["month"] = "months" },
        new() { ["first"] = "first", ["last"] = "last", ["longest"] = "longest", ["current"] = "current" },
        CalendarPeriod.Words.ToDictionary(w => w, w => w, StringComparer.Ordinal));

    public static MeasureWords Danish { get; } = new(Words.Danish,
        ["for hver kunde", "for hver virksomhed med dens personer og virksomhederne under den", "for forretningen"],
        ["antallet af {1}", "summen af {0} over {1}", "gennemsnittet af {0} over {1}", "laveste {0} over {1}", "højeste {0} over {1}", "antallet af forskellige {0} over {1}",
            "{0} ved den første {1}", "{0} ved den seneste {1}", "den {0}, som {2} ud af 100 {1} ligger under", "hele {3} siden den {4} {1}", "den {4} række af {3} i træk med {1}", "antallet af forskellige dage med {1}", "antallet af besøg med {1}"],
        "hvad som helst", "divideret med",
        new() { ["hour"] = "timer", ["day"] = "dage", ["week"] = "uger", ["month"] = "måneder" },
        new() { ["first"] = "første", ["last"] = "seneste", ["longest"] = "længste", ["current"] = "nuværende" },
        new()
        {
            ["today"] = "i dag",
            ["yesterday"] = "i går",
            ["this week"] = "i denne uge",
            ["last week"] = "i sidste uge",
            ["this month"] = "i denne måned",
            ["last month"] = "i sidste måned",
            ["this quarter"] = "i dette kvartal",
            ["last quarter"] = "i sidste kvartal",
            ["this year"] = "i år",
            ["last year"] = "sidste år",
        });
}
