using LuohuIOC.Detection;
using LuohuIOC.Detection.Chart;

namespace LuohuIOC.Benchmarks.Skab;

/// <summary>A detector that takes a file's rows one after the other, the first of them for fitting.</summary>
internal interface IRowJudge
{
    (bool Alarm, double Score) Judge(long timeMs, ReadOnlySpan<double> row);

    /// <summary>Why no row could be judged, or null.</summary>
    string? Problem { get; }

    /// <summary>What it does with a row whose time lies before that of one above it.</summary>
    string OfDescents { get; }
}

internal sealed class ChartRowJudge(int metrics, int fitRows) : IRowJudge
{
    private readonly ChartDetector _detector = new(metrics, new ChartOptions { FitRows = fitRows });

    public string OfDescents => "the chart looks at no times and takes the rows as they stand: sort the file by time, if that is how they came";

    public string? Problem => _detector.WarmUpLeft > 0 ? $"{_detector.WarmUpLeft} rows too few to fit"
        : Enumerable.Range(0, metrics).All(_detector.IsUnknown) ? $"none of {metrics} metrics has numbers enough in the first {fitRows} rows" : null;

    public (bool Alarm, double Score) Judge(long timeMs, ReadOnlySpan<double> row)
    {
        var score = _detector.Observe(row);
        return (_detector.IsAlarm, double.IsNaN(score) ? 0 : score);
    }
}

/// <summary>Window, score and hold as a station's grain has them, with a model trained on the first rows.</summary>
internal sealed class PcaRowJudge(string[] names, int fitRows) : IRowJudge
{
    private readonly TrainingHistory _history = new(names);
    private PcaDetector? _detector;
    private AlarmHold? _hold;
    private int[] _columns = [];
    private double[] _values = [];
    private double _threshold;
    private double _held;

    // One row a second: the window is half a minute, the budget one false alarm an hour.
    private static PcaOptions Options => new()
    {
        WindowReadings = 30,
        SampleMin = TimeSpan.Zero,
        ReadingsMin = 100,
        SpanMin = TimeSpan.Zero,
        AlarmsPerDay = 24,
    };

    public string? Problem { get; private set; } = "too few rows to train";

    public string OfDescents => "each is passed over and has the score of the row above it: sort the file by time";

    public (bool Alarm, double Score) Judge(long timeMs, ReadOnlySpan<double> row)
    {
        if (_history.Rows < fitRows)
        {
            _history.Add(timeMs, row.ToArray());
            if (_history.Rows == fitRows) Train();
            return (false, 0);
        }
        return _detector is null ? (false, 0) : Score(timeMs, row);
    }

    private void Train()
    {
        var result = PcaTrainer.Train(_history, Options, DateTimeOffset.UnixEpoch);
        Problem = result.Model is null ? $"not trained: {result.Shortage}" : null;
        if (result.Model is not { } model) return;
        _detector = new PcaDetector(model);
        _hold = new AlarmHold(model.HoldCount, model.HoldWindow);
        _columns = [.. model.Metrics.Select(name => Array.IndexOf(names, name))];
        _values = new double[model.Metrics.Length];
        _threshold = model.Threshold;
        for (var r = 0; r < _history.Rows; r++) Score(_history.TimesMs[r], _history.Row(r));
    }

    private (bool Alarm, double Score) Score(long timeMs, ReadOnlySpan<double> row)
    {
        for (var m = 0; m < _values.Length; m++) _values[m] = row[_columns[m]];
        var score = _detector!.Observe(timeMs, _values);
        if (_detector.Verdict == DetectorVerdict.Scored) _held = _hold!.Push(score);
        return (_held > _threshold, _held);
    }
}
