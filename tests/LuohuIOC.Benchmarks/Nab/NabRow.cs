using LuohuIOC.Benchmarks.Csv;
using LuohuIOC.Detection.Novelty;

namespace LuohuIOC.Benchmarks.Nab;

/// <summary>A row and what the detector said when it had read no further.</summary>
/// <param name="Time">As it stands in the file.</param>
/// <param name="Text">The value as it stands there.</param>
/// <param name="TimeMs">Unix ms.</param>
/// <param name="Value">NaN where the text is no number.</param>
/// <param name="Score">Nats; 0 where the value is missing.</param>
internal readonly record struct NabRow(string Time, string Text, long TimeMs, double Value, double Score)
{
    /// <summary>Throws <see cref="InvalidDataException"/> when a column is missing.</summary>
    public static IEnumerable<NabRow> Read(CsvTable table, RowClock clock)
    {
        var (time, value) = (table.ColumnOf("timestamp"), table.ColumnOf("value"));
        if (time < 0 || value < 0) throw new InvalidDataException("no columns timestamp and value");
        var detector = new NoveltyDetector();
        foreach (var cells in table.Rows())
        {
            var wasSet = clock.IsSet;
            var timeMs = clock.Read(CsvTable.Cell(cells, time), table.Line);
            // Rows with made-up times came before the first real one: the years between them are no interval of the stream.
            if (!wasSet && clock.IsSet) detector = new NoveltyDetector();
            var number = table.Number(cells, value);
            yield return new NabRow(CsvTable.Cell(cells, time), CsvTable.Cell(cells, value), timeMs, number, detector.Observe(timeMs, number));
        }
    }
}
