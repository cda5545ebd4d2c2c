namespace Kendt.Samples;

/// <summary>What every file is written from and into.</summary>
internal sealed record Export(World World, TruthBook Truth, string Folder, CancellationToken Cancel)
{
    public DemoOptions Options => World.Setting.Options;

    public Calendar Calendar => World.Setting.Calendar;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public CsvFile Csv(string name, string header) => new(PathOf(name), danish: false, header);

    public CsvFile DanishCsv(string name, string header) => new(PathOf(name), danish: true, header);

    /// <summary>The entry of a file whose mapping has the same name.</summary>
    public static DemoFile Entry(string name, string source, long rows) =>
        new(name, Path.ChangeExtension(name, ".yaml"), source, rows);
}
