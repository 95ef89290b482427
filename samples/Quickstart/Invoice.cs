using System.IO.Compression;
using CsvHelper;

namespace Quickstart;

// One invoice of the shop: the lines of the file that carry its number.
internal sealed class Invoice(IReadOnlyList<InvoiceLine> lines)
{
    public IReadOnlyList<InvoiceLine> Lines => lines;

    public string Number => lines[0].InvoiceNo;

    public DateTimeOffset Date => new(lines[0].InvoiceDate, TimeSpan.Zero);

    public decimal Total => lines.Sum(line => line.Quantity * line.UnitPrice);

    // The file has them as 17850.0.
    public string Customer => lines[0].CustomerID.Split('.')[0];

    public bool IsCancelled => Number.StartsWith('C');

    public static List<Invoice> ReadAll(string path)
    {
        using Stream file = File.OpenRead(path);
        using var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var csv = CsvReader.Create(new StreamReader(plain));
        return [.. csv.GetRecords<InvoiceLine>().GroupBy(line => line.InvoiceNo).Select(lines => new Invoice([.. lines]))];
    }
}

// Named as the columns of the file.
[CsvRecord]
internal sealed partial record InvoiceLine(string InvoiceNo, string StockCode, int Quantity, DateTime InvoiceDate, decimal UnitPrice, string CustomerID);
