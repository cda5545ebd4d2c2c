using System.Globalization;
using Kendt.Model.Filters;

namespace Kendt.Segments.Insight;

/// <summary>A feature as people read it, in English and in Danish.</summary>
public static class FeatureSentence
{
    private static readonly CultureInfo Danes = CultureInfo.GetCultureInfo("da-DK");

    public static string English(Feature feature) => feature.Kind switch
    {
        FeatureKind.Recency => Ends(feature.Value) is (var from, { } to) ? $"the last \"{feature.Subject}\" was {from} to {to} days ago" : $"the last \"{feature.Subject}\" was more than {Ends(feature.Value).From} days ago",
        FeatureKind.Weekday => $"most active on {CultureInfo.InvariantCulture.DateTimeFormat.GetDayName(Day(feature.Value))}s",
        FeatureKind.Source => $"seen by the source \"{feature.Value}\"",
        _ => FilterSentence.English(feature.Rule!),
    };

    public static string Danish(Feature feature) => feature.Kind switch
    {
        FeatureKind.Recency => Ends(feature.Value) is (var from, { } to) ? $"den seneste \"{feature.Subject}\" var for {from} til {to} dage siden" : $"den seneste \"{feature.Subject}\" var for mere end {Ends(feature.Value).From} dage siden",
        FeatureKind.Weekday => $"mest aktiv om {Danes.DateTimeFormat.GetDayName(Day(feature.Value))}en",
        FeatureKind.Source => $"set af kilden \"{feature.Value}\"",
        _ => FilterSentence.Danish(feature.Rule!),
    };

    private static (string From, string? To) Ends(string value) => value.Split("..") is [var from, { Length: > 0 } to] ? (from, to) : (value.Split("..")[0], null);

    private static DayOfWeek Day(string value) => (DayOfWeek)(int.Parse(value, CultureInfo.InvariantCulture) % 7);
}
