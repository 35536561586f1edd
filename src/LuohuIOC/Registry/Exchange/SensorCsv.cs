using System.Text;
using CsvHelper;

namespace LuohuIOC.Registry.Exchange;

/// <summary>Sensors as CSV (RFC 4180), UTF-8 with or without a byte order mark, columns as <see cref="SensorColumns"/> says.</summary>
public static class SensorCsv
{
    public const string MediaType = "text/csv";

    private const int LineBytesMax = 64 << 10;

    // A mark at the beginning is passed over; any byte that is not UTF-8 ends the reading (a spreadsheet saved as GBK).
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Reads row by row; the stream is never in memory as a whole.</summary>
    /// <exception cref="ImportFileException">Not UTF-8, no header, a required column missing or twice, or a line too long.</exception>
    public static async Task<ImportFile> ReadAsync(Stream stream, FileDatum datum, CancellationToken cancellationToken)
    {
        var file = new ImportFile([], []);
        using var text = new StreamReader(stream, StrictUtf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        // No column may hold a line break, so a quote that is never closed costs its own line only.
        await using var csv = CsvReader.Create(text, new CsvReaderOptions
        {
            AllowLineBreaksInQuotes = false,
            MaxRecordSize = LineBytesMax,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = record => file.Refused.Add(new RowRefusal((int)record.LineNumber, null, "row",
                record.Reason == CsvMalformedReason.FieldCountMismatch ? "cell-count" : "bad-quotes")),
        });
        try
        {
            await csv.ReadHeaderAsync(cancellationToken);
            var columns = ColumnsOf(csv.Headers, file);
            while (await csv.ReadAsync(cancellationToken))
            {
                var row = new SensorRow((int)csv.LineNumber, c => Cell(csv, columns, c), datum);
                if (row.Read(file.Refused) is { } draft) file.Drafts.Add(draft);
            }
        }
        catch (DecoderFallbackException)
        {
            throw new ImportFileException("import-not-utf8");
        }
        catch (CsvFormatException e)
        {
            throw new ImportFileException("import-line-too-long", $"{e.LineNumber}");
        }
        return file;
    }

    /// <param name="sensors">Rows.</param>
    /// <param name="stream">Where to write; stays open.</param>
    /// <param name="byteOrderMark">True so that Excel on a Chinese Windows takes the file for UTF-8.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(IEnumerable<Sensor> sensors, Stream stream, bool byteOrderMark, CancellationToken cancellationToken)
    {
        await using var csv = CsvWriter.Create(stream, new CsvWriterOptions { WriteByteOrderMark = byteOrderMark }, leaveOpen: true);
        await csv.WriteRecordAsync([.. SensorColumns.All], cancellationToken);
        var cells = new string[SensorColumns.All.Count];
        foreach (var sensor in sensors)
        {
            for (var i = 0; i < cells.Length; i++) cells[i] = SensorText.Neutralise(SensorText.Of(sensor, SensorColumns.All[i]));
            await csv.WriteRecordAsync(cells, cancellationToken);
        }
        await csv.FlushAsync(cancellationToken);
    }

    private static string? Cell(CsvReader csv, Dictionary<string, int> columns, string column) =>
        columns.TryGetValue(column, out var at) ? SensorText.Restore(csv.GetString(at).Trim()) : null;

    private static Dictionary<string, int> ColumnsOf(IReadOnlyList<string> headers, ImportFile file)
    {
        var index = new Dictionary<string, int>();
        for (var i = 0; i < headers.Count; i++)
            if (file.ColumnOf(headers[i]) is { } column && !index.TryAdd(column, i))
                throw new ImportFileException("import-column-twice", column);
        var missing = SensorColumns.Required.Where(c => !index.ContainsKey(c)).ToArray();
        if (missing.Length > 0) throw new ImportFileException("import-column-missing", string.Join(", ", missing));
        return index;
    }
}
