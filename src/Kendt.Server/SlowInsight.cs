using Kendt.Model.Filters;
using Kendt.Segments.Insight;
using Kendt.Server.StudioData;

namespace Kendt.Server;

/// <summary>Insight that takes a while among many people: of the same few each time, unless everybody is asked for; kept for who asks again.</summary>
public sealed class SlowInsight(InsightRooms rooms, SuggestionRooms suggestions, InsightAnswers answers)
{
    /// <summary>What sets members apart.</summary>
    /// <param name="exact">Everybody is looked at, however many.</param>
    public Task<ApartReport> ApartAsync(string segment, string? among, bool exact, CancellationToken cancel) =>
        answers.OfAsync($"apart {segment} {among}", exact, (asOf, stop) => rooms.Apart.RunAsync(segment, among, exact ? null : Apart.Usual, asOf, stop), cancel);

    /// <summary>How far people came.</summary>
    public Task<FunnelReport> FunnelAsync(Filter rule, IReadOnlyList<string> by, bool exact, CancellationToken cancel) =>
        answers.OfAsync($"funnel {FilterWriter.Write(rule)} {string.Join('\n', by)}", exact, (asOf, stop) => rooms.Funnel.RunAsync(rule, by, exact ? null : Funnel.Usual, asOf, stop), cancel);

    /// <summary>Groups with an unusual measure.</summary>
    public Task<SubgroupReport> SubgroupsAsync(string measure, CancellationToken cancel) => answers.OfAsync($"subgroups {measure}", false, (asOf, stop) => suggestions.Subgroups.RunAsync(measure, asOf, stop), cancel);

    /// <summary>Buyers who are alike.</summary>
    public Task<ClusterReport> ClustersAsync(OrderWords words, CancellationToken cancel) => answers.OfAsync($"clusters {words}", false, (asOf, stop) => suggestions.Clusters.RunAsync(words, asOf, stop), cancel);

    /// <summary>Families of buyers, with their moment.</summary>
    public Task<FamilyReport> FamiliesAsync(OrderWords words, CancellationToken cancel) =>
        answers.OfAsync($"families {words}", false, async (asOf, stop) => new FamilyReport(asOf, await suggestions.Families.RunAsync(words, asOf, stop)), cancel);
}

/// <summary>Families of buyers at a moment.</summary>
public sealed record FamilyReport(DateTimeOffset AsOf, IReadOnlyList<Suggestion> Families);
