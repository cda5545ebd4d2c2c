namespace Kendt.Samples;

/// <summary>The tills of the shops, and what came back.</summary>
internal static class ShopFiles
{
    public static async Task<DemoFile> ReceiptsAsync(Export export)
    {
        const string name = "shop-receipts.csv";
        await using var csv = export.DanishCsv(name, "bon_nr,butik,tidspunkt,medlemsnr,varenr,vare,kategori,antal,pris,rabat");
        var receipts = export.World.Lives.SelectMany(life => life.Purchases)
            .Concat(export.World.WalkIns)
            .Where(purchase => purchase.Shop is not null)
            .OrderBy(purchase => purchase.At);
        foreach (var receipt in receipts)
        {
            export.Cancel.ThrowIfCancellationRequested();
            var number = export.World.NumberOf(receipt);
            var time = Written.DanishClock(receipt.At);
            foreach (var line in receipt.Lines)
            {
                csv.Row(
                    number, receipt.Shop!.Name, time, receipt.Card, line.Product.Id, line.Product.Name, line.Product.Category.Name,
                    Written.Whole(line.Quantity), Written.DanishMoney(line.Price), Written.DanishMoney(line.Discount));
            }
        }

        return Export.Entry(name, "shops", csv.Rows);
    }

    public static async Task<DemoFile> ReturnsAsync(Export export)
    {
        const string name = "returns.csv";
        await using var csv = export.Csv(
            name, "return_id,receipt_or_order,customer_email,loyalty_no,product_id,amount,reason,returned_at");
        foreach (var back in export.World.Lives.SelectMany(life => life.Returns).OrderBy(back => back.At))
        {
            var id = $"R{csv.Rows + 1:D5}";
            csv.Row(
                id, export.World.NumberOf(back.Purchase), back.Email, back.Card, back.Line.Product.Id, Written.Money(back.Line.Total),
                back.Reason, Written.Iso(back.At));
            export.Truth.Row(back.Person.Id, "returns", id, back.Email);
        }

        return Export.Entry(name, "returns", csv.Rows);
    }
}
