namespace LuohuIOC.Detection.Chart;

/// <summary>
/// How many times the common level a station is judged by, because it alarms more than stations should. What an episode of alarms costs
/// is counted when it is over: a fault that lasts does not silence itself, a station that wanders does not alarm for ever.
/// </summary>
internal struct Strain(ChartOptions options)
{
    /// <summary>Rows without an alarm that end an episode.</summary>
    private const int CalmRows = 20;

    private readonly ChartOptions _options = options;
    private double _factor = 1;
    private int _alarms;
    private int _calm;

    public readonly double Factor => _factor;

    public void Count(bool alarm)
    {
        if (alarm)
        {
            _alarms++;
            _calm = 0;
        }
        else if (_alarms > 0 && ++_calm > CalmRows)
        {
            // However long it lasted it was one: what is e times higher comes back in most of a year of minutes.
            _factor *= Math.Exp(Math.Min(_alarms, _options.AlarmRows) * (1 - _options.AlarmShare) / _options.AlarmRows);
            _alarms = _calm = 0;
        }
        _factor = Math.Max(1, _factor * (1 - _options.AlarmShare / _options.AlarmRows));
    }

    public readonly void Save(BinaryWriter to)
    {
        to.Write(_factor);
        to.Write(_alarms);
        to.Write(_calm);
    }

    public void Load(BinaryReader from, bool factorAlone)
    {
        _factor = from.ReadDouble();
        if (factorAlone) return;
        _alarms = from.ReadInt32();
        _calm = from.ReadInt32();
    }
}
