using System.Security.Claims;

namespace Kendt.Studio.Data;

/// <summary>Measures as Studio shows and changes them. Each change is audited in the name of who asked for it.</summary>
public interface IMeasureDesk
{
    /// <summary>All measures by title, and those that are ready to take.</summary>
    Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>What a measure would say, from its text as JSON or YAML; it is not stored.</summary>
    /// <exception cref="Kendt.Model.BadInputException">The text is no measure; the message says where and why.</exception>
    Task<MeasureLook?> PreviewAsync(string text, CancellationToken cancel);

    /// <summary>Creates or replaces a measure and computes its figures.</summary>
    /// <exception cref="Kendt.Model.BadInputException">The name or text cannot be used, or who asked may not.</exception>
    Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>What the page of measures shows.</summary>
/// <param name="MayChange">Who asked may make and change measures.</param>
public sealed record MeasureBoard(IReadOnlyList<MeasureRow> Rows, IReadOnlyList<MeasureReady> Ready, bool MayChange);

/// <summary>The page of measures: what there is, and what the form begins with.</summary>
/// <param name="Fault">Why the text is no measure; null if it is one.</param>
public sealed record MeasureSheet(MeasureBoard Board, string Name, string Text, MeasureLook? Look, string? Fault);

/// <summary>A stored measure.</summary>
/// <param name="Level">profile, account or business.</param>
/// <param name="Definition">As JSON, with title and level.</param>
/// <param name="Look">Null while there are no figures.</param>
public sealed record MeasureRow(string Name, string Title, string Level, string Definition, MeasureLook? Look);

/// <summary>A measure ready to take, as the text that makes it.</summary>
public sealed record MeasureReady(string Name, string Title, string Text);

/// <summary>How figures lie.</summary>
public sealed record MeasureLook(long Count, double Average, double Least, double Median, double Most, DateTimeOffset AsOf);

/// <summary>The analyst's door: queries that only read.</summary>
public interface IQueryDesk
{
    /// <summary>Tables and views of the warehouse with their columns; null if who asked may not query.</summary>
    Task<QueryBoard?> ReadAsync(ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>The first rows of an answer.</summary>
    /// <exception cref="Kendt.Model.BadInputException">The query is refused, or who asked may not.</exception>
    Task<QueryAnswer> AskAsync(string query, int most, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>What can be asked.</summary>
public sealed record QueryBoard(IReadOnlyList<QueryTable> Tables);

/// <summary>The page of queries: what can be asked, and what was.</summary>
/// <param name="Fault">Why the query was refused; null if it was not.</param>
public sealed record QuerySheet(QueryBoard Board, QueryAnswer? Answer, string? Fault);

/// <summary>A table or view and its columns, each with its type.</summary>
public sealed record QueryTable(string Name, IReadOnlyList<string> Columns);

/// <summary>Rows as text.</summary>
/// <param name="IsCut">There are more than are shown.</param>
public sealed record QueryAnswer(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, bool IsCut, DateTimeOffset AsOf);
