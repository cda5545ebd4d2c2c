namespace Kendt.Samples;

/// <summary>
/// Fjeldby Outdoor, a Danish outdoor retailer that does not exist: writes 24 months of its life as the files that its systems
/// would export, the mappings to import them with, and the truth to judge the result by.
/// </summary>
public static class DemoCompany
{
    /// <summary>Writes all files into a folder, which is made if it is missing; files of the same names are replaced.</summary>
    /// <param name="folder">Data files go here, mappings into <c>mappings</c>, the truth into <c>truth</c>.</param>
    /// <param name="options">Sizes, seed and the last day; a fault in them is an <see cref="ArgumentException"/> that names all.</param>
    /// <param name="progress">Told what is being made.</param>
    /// <param name="cancel">Stops between rows.</param>
    /// <returns>The files in the order in which they should be imported.</returns>
    public static async Task<IReadOnlyList<DemoFile>> WriteAsync(
        string folder, DemoOptions options, IProgress<string>? progress, CancellationToken cancel)
    {
        DemoOptions.Checked(options);
        Directory.CreateDirectory(folder);
        progress?.Report("people and their lives");
        var export = new Export(World.Create(options, cancel), new TruthBook(), folder, cancel);
        progress?.Report("mappings");
        await MappingFiles.WriteAsync(folder, cancel);

        progress?.Report("customers");
        var files = new List<DemoFile>
        {
            await CustomerFiles.WebshopAsync(export),
            await CustomerFiles.LoyaltyAsync(export),
            await BusinessFiles.CompaniesAsync(export),
            await BusinessFiles.ContactsAsync(export),
            await CustomerFiles.ConsentsAsync(export),
        };
        progress?.Report("webshop");
        var (webshop, visitors) = await WebshopFile.WriteAsync(export);
        files.Add(webshop);
        progress?.Report("shops");
        files.Add(await ShopFiles.ReceiptsAsync(export));
        files.Add(await ShopFiles.ReturnsAsync(export));
        progress?.Report("newsletter");
        files.Add(NewsletterFile.Write(export));
        progress?.Report("club, outings and support");
        files.Add(await ServiceFiles.ClubAsync(export));
        files.Add(await ServiceFiles.AttendanceAsync(export));
        files.Add(await ServiceFiles.TicketsAsync(export));
        progress?.Report("partner and audience feed");
        files.Add(await PartnerFile.WriteAsync(export));
        files.Add(FeedFile.Write(export, visitors));
        progress?.Report("truth");
        await TruthFiles.WriteAsync(export);
        return files;
    }
}
