using System.Security.Claims;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>Measures as Studio shows and changes them. Each change is audited in the name of who asked for it.</summary>
public interface IMeasureDesk
{
    /// <summary>All measures by title, and those that are ready to take.</summary>
    Task<MeasureBoard> ReadAsync(ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>One measure with all that it says; null if there is none of that name.</summary>
    Task<MeasureDetail?> FindAsync(string name, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>What a measure would say, from its text as JSON or YAML; it is not stored.</summary>
    /// <exception cref="BadInputException">The text is no measure; the message says where and why.</exception>
    Task<MeasureSaid> PreviewAsync(string text, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Creates or replaces a measure and computes its figures.</summary>
    /// <exception cref="BadInputException">The name or text cannot be used, or who asked may not.</exception>
    Task SaveAsync(string name, string text, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>The measures of the business, each with its figure at the end of the last weeks.</summary>
    Task<IReadOnlyList<BusinessFigure>> BusinessAsync(CancellationToken cancel);
}

/// <summary>What the page of measures shows.</summary>
/// <param name="MayChange">Who asked may make and change measures.</param>
public sealed record MeasureBoard(IReadOnlyList<MeasureRow> Rows, IReadOnlyList<MeasureReady> Ready, bool MayChange);

/// <summary>A stored measure.</summary>
/// <param name="Level">profile, account or business.</param>
/// <param name="Sentence">What it computes, in the reader's language.</param>
/// <param name="Definition">As JSON, with title and level.</param>
/// <param name="Look">Null while there are no figures.</param>
public sealed record MeasureRow(string Name, string Title, string Level, string Sentence, string Definition, MeasureLook? Look);

/// <summary>A measure ready to take, as the text that makes it.</summary>
public sealed record MeasureReady(string Name, string Title, string Level, string Sentence, string Text);

/// <summary>How figures lie.</summary>
public sealed record MeasureLook(long Count, double Average, double Least, double Median, double Most, DateTimeOffset AsOf);

/// <summary>What a measure says or would say.</summary>
/// <param name="Look">Null where nobody has a figure.</param>
/// <param name="Bars">How many have a figure from one number up to the next.</param>
/// <param name="Some">A few who have one; none where who asked may not see people.</param>
public sealed record MeasureSaid(string Sentence, string Level, MeasureLook? Look, IReadOnlyList<MeasureStep> Bars, IReadOnlyList<MeasureHolder> Some);

/// <summary>Those from one number up to the next; the last has no end.</summary>
public sealed record MeasureStep(double From, double? To, long People);

/// <summary>Somebody's figure.</summary>
public sealed record MeasureHolder(ProfileId Id, string Name, double Value);

/// <summary>One measure.</summary>
/// <param name="Highest">Those with the highest figures; none where who asked may not see people.</param>
/// <param name="Trend">Of a measure of the business: its figure at the end of the last weeks.</param>
public sealed record MeasureDetail(MeasureRow Row, MeasureSaid Said, IReadOnlyList<MeasureHolder> Highest, IReadOnlyList<Point> Trend, bool MayChange);

/// <summary>A measure of the business.</summary>
/// <param name="Value">Null where there is none.</param>
/// <param name="Curve">At the end of the last weeks, the oldest first.</param>
public sealed record BusinessFigure(string Name, string Title, double? Value, IReadOnlyList<Point> Curve, DateTimeOffset AsOf);

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
