using System.Globalization;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Simulator.Replay;

/// <summary>
/// Real measurements from CSV: wide (<c>sensor,time,level,flow</c>, an empty cell is not measured) or long (<c>sensor,time,metric,value</c>,
/// neighbouring lines of one sensor and time are one reading). A bad line is reported and the others stay.
/// </summary>
public sealed class MeasurementFile
{
    private readonly MeasurementFormat _format;
    private readonly string[] _header;
    private readonly int _sensor;
    private readonly int _time;
    private readonly int _metric;
    private readonly int _value;
    private readonly List<BadLine> _bad = [];
    private readonly List<Measurement> _rows = [];

    private MeasurementFile(MeasurementFormat format, string[] header, string name)
    {
        _format = format;
        _header = header;
        _sensor = Array.IndexOf(header, format.SensorColumn);
        _time = Array.IndexOf(header, format.TimeColumn);
        _metric = Array.IndexOf(header, format.MetricColumn);
        _value = Array.IndexOf(header, format.ValueColumn);
        if (_sensor < 0) throw new InputException("input.column", name, format.SensorColumn);
        if (_time < 0) throw new InputException("input.column", name, format.TimeColumn);
        if (!IsLong && header.Length < 3) throw new InputException("replay.nothing-measured", name);
    }

    private bool IsLong => _metric >= 0 && _value >= 0;

    /// <summary>The measurements in order of time, lines of the same time in the file's order, and the lines that could not be used.</summary>
    /// <exception cref="InputException">The header lacks a column.</exception>
    public static (IReadOnlyList<Measurement> Rows, IReadOnlyList<BadLine> Bad) Read(TextReader reader, string name, MeasurementFormat format)
    {
        var header = CsvLine.Split((reader.ReadLine() ?? "").TrimStart('\uFEFF')).Select(c => c.Trim()).ToArray();
        var file = new MeasurementFile(format, header, name);
        for (var line = 2; reader.ReadLine() is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text)) file.Add(CsvLine.Split(text), line);
        return ([.. file._rows.OrderBy(r => r.Time)], file._bad);
    }

    private void Add(string[] cells, int line)
    {
        if (cells.Length != _header.Length) Refuse(line, "replay.bad.cells", cells.Length, _header.Length);
        else if (!Topic.IsId(cells[_sensor].Trim())) Refuse(line, "replay.bad.sensor", cells[_sensor]);
        else if (!TimeText.TryParse(cells[_time].Trim(), _format.TimeZone, out var time)) Refuse(line, "replay.bad.time", _format.TimeColumn, cells[_time]);
        else if (IsLong) AddLong(cells[_sensor].Trim(), time, cells, line);
        else AddWide(cells[_sensor].Trim(), time, cells, line);
    }

    private void AddWide(string sensor, DateTimeOffset time, string[] cells, int line)
    {
        var values = new List<KeyValuePair<string, double>>();
        for (var i = 0; i < cells.Length; i++)
        {
            if (i == _sensor || i == _time || string.IsNullOrWhiteSpace(cells[i])) continue;
            if (!TryParseValue(_header[i], cells[i], line, out var value)) return;
            values.Add(new(_header[i], value));
        }
        if (values.Count == 0) Refuse(line, "replay.bad.empty");
        else _rows.Add(new Measurement(sensor, time, values));
    }

    private void AddLong(string sensor, DateTimeOffset time, string[] cells, int line)
    {
        var metric = cells[_metric].Trim();
        if (!TryParseValue(metric, cells[_value], line, out var value)) return;
        // Lines of one reading stand together; the same metric again begins another.
        if (_rows.Count > 0 && _rows[^1] is { Values: List<KeyValuePair<string, double>> last } row && row.Sensor == sensor && row.Time == time
            && last.TrueForAll(v => v.Key != metric))
            last.Add(new(metric, value));
        else
            _rows.Add(new Measurement(sensor, time, new List<KeyValuePair<string, double>> { new(metric, value) }));
    }

    private bool TryParseValue(string metric, string text, int line, out double value)
    {
        value = 0;
        if (!Topic.IsMetricName(Encoding.UTF8.GetBytes(metric)))
        {
            Refuse(line, "replay.bad.metric", metric);
            return false;
        }
        if (double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)) return true;
        Refuse(line, "replay.bad.number", metric, text);
        return false;
    }

    private void Refuse(int line, string reason, params object?[] arguments) => _bad.Add(new BadLine(line, reason, arguments));
}
