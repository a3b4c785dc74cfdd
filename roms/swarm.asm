; SWARM: thirty invaders march and drop bombs; three shields, three cannons. For the Atari 2600 with a joystick.
; Written for Tessera. MIT licence, see ../LICENSE. Build: deno task roms --build
;
; The stick moves the cannon, its button shoots; one shot at a time. The console's RESET begins a game. The swarm marches faster the
; fewer are left, and from wave to wave; it drops six lines at each edge. Only its lowest rank drops bombs, two at a time. Invaders
; score 5 in the lowest rank and 25 in the uppermost. The game is over when three cannons are lost or the swarm reaches the shields.
;
; RAM that a program may read ($80 is RAM byte 0)
;   $80  game over: bit 7 set when no game runs (at power-up and after the end), else 0
;   $81  score, thousands and hundreds, BCD
;   $82  score, tens and ones, BCD
;   $83  cannons left with the present one, 3 to 0
;   $84  frames since power-up, modulo 256
;   $85  cannon: left edge on the screen, 9 to 143; it is 8 wide, on screen rows 175-182
;   $86  shot: left edge; it is 2 wide and 4 high
;   $87  shot: top edge, screen row less 20; 180 when there is none
;   $88  swarm: screen column of its first file, as a signed byte: may be negative when the first files are gone; files are 16 apart
;   $89  swarm: top edge, screen row less 20; ranks are 14 apart, an invader is 8 by 8, 5 lines below the rank's top
;   $8A  bit 7: the swarm moves left           $8B  invaders left, 30 to 0
;   $8C  wave, from 0, at most 8               $8D  frames until the next cannon, 0 while one plays
;   $8E, $8F  bombs: left edges; 2 wide, 4 high     $90, $91  bombs: top edges, as $87; 180 when there is none
;   $92-$96  files 0, 2, 4 (bits 0, 1, 2) alive, five ranks from the top     $97-$9B  files 1, 3, 5
;   $9C-$AB  shields: four rows of cells, each the four playfield registers that draw it
    processor 6502
    include "vcs.inc"
    include "frame.inc"
    include "score.inc"
    include "field.inc"

; Lines, counted from the top of the field. The field's line 0 is line 17 of the picture, screen row 20 in ALE.
FIELD_TOP   = 17
FIELD_LINES = PICTURE_LINES - FIELD_TOP
RANKS       = 5
RANK_LINES  = 14
INVADER_Y   = 5     ; within a rank
INVADER_LINES = 8
FILE_WIDTH  = 16
FILES       = 6
SHIELD_Y    = 131
CELL_LINES  = 4
CELL_ROWS   = 4
SHIELD_END  = SHIELD_Y + CELL_LINES * CELL_ROWS
CANNON_Y    = 155
CANNON_LINES = 8
GROUND_Y    = 163
GROUND_LINES = 4
LEFT_EDGE   = 9     ; for left edges of invaders and the cannon: positions that PLACE reaches within a line that also does other work
RIGHT_EDGE  = 143
SHOT_LINES  = 4
SHOT_WIDTH  = 2
SHOT_SPEED  = 4
NONE        = 180   ; a top edge that is below the picture
START_X     = 37
START_Y     = 10
DROP        = 6
STEP        = 2
CANNONS     = 3
PAUSE       = 64    ; frames between two cannons
LAST_WAVE   = 8

WHITE       = $0E
SHIELD_COLOUR = $28
GROUND_COLOUR = $D6
CANNON_COLOUR = $CA
BOMB_COLOUR = $1E

    SEG.U RAM
    ORG $80
gameOver    ds 1
scoreHigh   ds 1
scoreLow    ds 1
lives       ds 1
frame       ds 1
cannonX     ds 1
shotX       ds 1
shotY       ds 1
swarmX      ds 1
swarmY      ds 1
goesLeft    ds 1
alive       ds 1
wave        ds 1
pause       ds 1
bombX       ds 2
bombY       ds 2
evenFiles   ds RANKS
oddFiles    ds RANKS
shields     ds 4*CELL_ROWS
ranks       ds 1    ; ranks down to the lowest with an invader
march       ds 1    ; frames until the next step
legs        ds 1    ; 0 or 8: which of two pictures
random      ds 1
soundTime   ds 1
places      ds 2*RANKS      ; bytes from PlaceTable: even files of each rank, then odd files
ballPattern ds 2
bombPattern ds 4
cannonPlace ds 1
cannonShape ds 1
testX       ds 1
testY       ds 1
rankEnd     ds 1    ; line from below on which the swarm begins
rank        ds 1
count       ds 1
turns0      ds 1
turns1      ds 1
mask0       ds 1
mask1       ds 1
shape       ds 1
digits      ds 12
row         ds 1
spare       ds 1

    SEG ROM
    ORG $F000
Start SUBROUTINE
    START
    INIT_DIGITS
    lda #$80
    sta gameOver
    lda #$A5
    sta random
    lda #76
    sta cannonX
    jsr NewWave

Frame SUBROUTINE
    BEGIN_FRAME
    inc frame
    lda random              ; a shift register of period 255
    lsr
    bcc .even
    eor #$B8
.even
    sta random
    lda SWCHB
    lsr
    bcs .noReset
    jsr NewGame
    jmp .moved
.noReset
    bit gameOver
    bmi .moved
    lda pause
    beq .play
    dec pause
    jmp .moved
.play
    jsr MoveCannon
    jsr MoveShot
    jsr MoveBombs
    lda gameOver
    ora pause
    bne .moved
    jsr March
    jsr DropBomb
.moved
    jsr FindPlaces
    PATTERN ballPattern, BallTable, shotY
    PATTERN bombPattern, BallTable, bombY
    PATTERN bombPattern+2, BallTable, bombY+1
    PLACE_DIGITS
    ldx #2
    lda bombX
    clc
    adc #1
    jsr Place
    ldx #3
    lda bombX+1
    clc
    adc #1
    jsr Place
    ldx #4
    lda shotX
    clc
    adc #1
    jsr Place
    sta WSYNC
    sta HMOVE
    lda #CANNON_COLOUR
    sta COLUP0
    sta COLUP1
    lda #WHITE              ; the shot, down to the shields; below it has their colour
    sta COLUPF
    lda #WIDE2 | BALL_FIRST
    sta CTRLPF
    lda #0
    sta rank
    BEGIN_PICTURE
    SHOW_DIGITS             ; lines 0-15
    sta HMCLR
    ldy #FIELD_LINES
    jmp Field               ; whose first line is line 17

; BOMBED_LINE: LINE, then both bombs.
    MAC BOMBED_LINE
    LINE                    ; 3
    lda (bombPattern),y
    sta ENAM0               ; 12
    lda (bombPattern+2),y
    sta ENAM1               ; 21
    ENDM

; BOMBED_LINES line: until the field's given line, none if there already.
    MAC BOMBED_LINES
    jmp .test
.line
    BOMBED_LINE
    dey
.test
    cpy #FIELD_LINES-[{1}]
    bne .line
    ENDM

; SHIELD_ROW n: four lines. The playfield's right half is rewritten behind the beam; one bomb's bits come in X, so that both are written
; before the beam reaches them.
    MAC SHIELD_ROW
.line
    lda (bombPattern+2),y
    tax
    LINE                    ; 3
    stx ENAM1               ; 6
    lda #0
    sta PF0                 ; 11
    lda (bombPattern),y
    sta ENAM0               ; 19 or 20
    lda shields+4*{1}
    sta PF1                 ; 26: before 28
    lda shields+4*{1}+1
    sta PF2                 ; 32
    lda shields+4*{1}+2
    sta PF0                 ; 37 or 38: after 28
    lda shields+4*{1}+3
    sta PF1                 ; 43 or 44: after 39
    lda #0
    nop
    sta PF2                 ; 50 or 51: after 49, before 65
    dey
    cpy #FIELD_LINES-SHIELD_Y-[{1}+1]*CELL_LINES
    bne .line               ; at most 58, and 17 to the next line
    ENDM

    ALIGN 256
Field SUBROUTINE
.above
    LINE
    dey
    cpy rankEnd
    bne .above

; One rank of the swarm. Each player shows up to three invaders, 32 pixels apart, in any combination: its size says how many copies
; and how far apart, its place is the first one's.
.rank
    LINE                    ; 3
    ldx rank
    lda places,x
    sta HMP0                ; 13
    and #$0F
    sta turns0
    lda places+RANKS,x
    sta HMP1                ; 25
    and #$0F
    sta turns1
    lda RankColour,x
    sta COLUP0
    sta COLUP1              ; 40
    lda RankShape,x
    ora legs
    sta shape
    dey
    LINE                    ; 3
    ldx rank
    lda evenFiles,x
    tax
    lda Visible,x
    sta mask0
    lda Copies,x
    sta NUSIZ0              ; 26
    ldx rank
    lda oddFiles,x
    tax
    lda Visible,x
    sta mask1
    lda Copies,x
    sta NUSIZ1              ; 49
    dey
    ldx turns0
    LINE                    ; 3
    dey
    nop
    nop
.place0
    dex
    bne .place0
    sta RESP0               ; 11 + 5 turns, as in PLACE; at most 66
    LINE                    ; 3
    ldx.w turns1            ; 7, the absolute form for its fourth cycle
    dey
.place1
    dex
    bne .place1
    sta RESP1
    IF >. != >.place0
      ECHO "the rank's waits cross a page"
      ERR
    ENDIF
    lda (ballPattern),y
    sta WSYNC
    sta HMOVE
    sta ENABL
    lda #INVADER_LINES
    sta count
    ldx shape
    dey
.invader
    LINE                    ; 3
    lda Shapes,x
    and mask0
    sta GRP0                ; 13
    lda Shapes,x
    and mask1
    sta GRP1                ; 23
    dex
    dey
    dec count
    bne .invader
    LINE                    ; 3
    lda #0
    sta GRP0
    sta GRP1
    lda #WIDE2              ; for the bombs, if this was the last rank
    sta NUSIZ0
    sta NUSIZ1
    lda #BOMB_COLOUR
    sta COLUP0
    sta COLUP1
    dey
    inc rank
    lda rank
    cmp ranks
    beq .below
    jmp .rank

.below
    BOMBED_LINES SHIELD_Y-1
    BOMBED_LINE
    lda #SHIELD_COLOUR
    sta COLUPF
    dey
    SHIELD_ROW 0
    SHIELD_ROW 1
    SHIELD_ROW 2
    SHIELD_ROW 3
    lda (bombPattern+2),y
    sta spare
    ldx #0
    LINE                    ; 3
    stx PF0
    stx PF1                 ; 9; PF2 is 0 already
    lda spare
    sta ENAM1
    lda (bombPattern),y
    sta ENAM0               ; 24: bombs are no further left than pixel 12
    sta HMCLR
    lda cannonPlace
    sta HMP0
    and #$0F
    tax
    dey
    LINE                    ; 3
    dey
    nop
    nop
.placeCannon
    dex
    bne .placeCannon
    sta RESP0
    IF >. != >.placeCannon
      ECHO "the cannon's wait crosses a page"
      ERR
    ENDIF
    lda (ballPattern),y
    sta WSYNC
    sta HMOVE
    sta ENABL
    lda (bombPattern),y
    sta ENAM0
    lda (bombPattern+2),y
    sta ENAM1
    dey
    BOMBED_LINES CANNON_Y
    ldx cannonShape
.cannon
    lda Shapes,x            ; all fetched before the line, and written before the beam comes to pixel 9
    sta mask0
    lda (bombPattern),y
    sta mask1
    lda (bombPattern+2),y
    sta spare
    LINE                    ; 3
    lda #CANNON_COLOUR
    sta COLUP0              ; 8
    lda mask0
    sta GRP0
    lda spare
    sta ENAM1
    lda mask1
    sta ENAM0               ; 26: bombs are no further left than pixel 12
    dex
    dey
    cpy #FIELD_LINES-GROUND_Y
    bne .cannon
    ldx #GROUND_COLOUR
    LINE                    ; 3
    stx COLUPF
    lda #0
    sta ENAM0
    sta ENAM1
    sta GRP0                ; 17
    lda #$FF
    sta PF0                 ; 22
    sta PF1
    sta PF2
    dey
.ground
    LINE
    dey
    cpy #FIELD_LINES-GROUND_Y-GROUND_LINES
    bne .ground
    LINE
    PLAYFIELD 0
    dey
.last
    LINE
    dey
    bne .last

    BEGIN_OVERSCAN
    lda #0
    sta ENABL
    PLAY_SOUND
    lda lives
    DIGIT 0
    lda #BLANK_DIGIT
    DIGIT 1
    DIGITS_OF 2, scoreHigh
    DIGITS_OF 4, scoreLow
    END_OVERSCAN
    jmp Frame

; ---- The game ----

NewGame SUBROUTINE
    lda #0
    sta gameOver
    sta scoreHigh
    sta scoreLow
    sta wave
    sta pause
    lda #CANNONS
    sta lives
    lda #START_X
    sta cannonX
    ; falls through

NewWave SUBROUTINE
    ldx #2*RANKS-1
    lda #7
.file
    sta evenFiles,x
    dex
    bpl .file
    ldx #4*CELL_ROWS-1
.cell
    lda WholeShields,x
    sta shields,x
    dex
    bpl .cell
    lda #RANKS*FILES
    sta alive
    lda #RANKS
    sta ranks
    lda #START_X
    sta swarmX
    ldx wave
    lda WaveY,x
    sta swarmY
    lda #0
    sta goesLeft
    jsr SetMarch
    ; falls through

NoShots SUBROUTINE
    lda #NONE
    sta shotY
    sta bombY
    sta bombY+1
    rts

; Frames until the next step.
SetMarch SUBROUTINE
    lda alive
    lsr
    clc
    adc #3
    ldx wave
    sec
    sbc WaveHaste,x
    bcc .least
    cmp #2
    bcs .ok
.least
    lda #2
.ok
    sta march
    rts

MoveCannon SUBROUTINE
    bit SWCHA               ; bit 7: right, bit 6: left, clear when pressed
    bmi .notRight
    lda cannonX
    cmp #RIGHT_EDGE
    bcs .notLeft
    inc cannonX
    bne .notLeft
.notRight
    bvs .notLeft
    lda cannonX
    cmp #LEFT_EDGE+1
    bcc .notLeft
    dec cannonX
.notLeft
    bit INPT4
    bmi .done
    lda shotY
    cmp #NONE
    bne .done
    lda cannonX
    clc
    adc #3
    sta shotX
    lda #CANNON_Y-SHOT_LINES
    sta shotY
    SOUND 8, 6, 8
.done
    rts

MoveShot SUBROUTINE
    lda shotY
    cmp #NONE
    beq .done
    sec
    sbc #SHOT_SPEED
    bcc .gone
    sta shotY
    sta testY
    lda shotX
    sta testX
    jsr HitShield
    bcs .gone
    jsr HitInvader
    bcc .done
.gone
    lda #NONE
    sta shotY
.done
    rts

; Takes the shield cell at (testX, testY) if there is one: carry set.
HitShield SUBROUTINE
    lda testX
    lsr
    lsr
    sec
    sbc #8
    bcc .none
    cmp #24
    bcs .none
    tax
    lda testY
    sec
    sbc #SHIELD_Y
    bcc .none
    cmp #CELL_LINES*CELL_ROWS
    bcs .none
    and #$0C
    ora ShieldByte,x
    tay
    lda shields,y
    and ShieldBit,x
    beq .none
    eor shields,y
    sta shields,y
    sec
    rts
.none
    clc
    rts

; Takes the invader that the shot touches: carry set. The shot's lines and pixels overlap an invader's when the differences below are
; in range.
HitInvader SUBROUTINE
    lda shotY
    sec
    sbc swarmY
    bcc .none
    ldx #0
.rank
    cmp #RANK_LINES
    bcc .found
    sbc #RANK_LINES
    inx
    cpx ranks
    bcc .rank
.none
    clc
    rts
.found
    cmp #INVADER_Y-SHOT_LINES+1
    bcc .none
    cmp #INVADER_Y+INVADER_LINES
    bcs .none
    stx row
    lda shotX
    clc
    adc #SHOT_WIDTH-1
    sec
    sbc swarmX
    tay
    and #FILE_WIDTH-1
    cmp #8+SHOT_WIDTH-1
    bcs .none
    tya
    lsr
    lsr
    lsr
    lsr
    tay
    cpy #FILES
    bcs .none
    txa
    clc
    adc FileArray,y
    tax
    lda evenFiles,x
    and FileBit,y
    beq .none
    eor evenFiles,x
    sta evenFiles,x
    SOUND 8, 14, 12
    ldx row
    sed
    clc
    lda scoreLow
    adc Points,x
    sta scoreLow
    lda scoreHigh
    adc #0
    sta scoreHigh
    cld
    dec alive
    beq .cleared
    ldx ranks
.lowest
    dex
    lda evenFiles,x
    ora oddFiles,x
    beq .lowest
    inx
    stx ranks
    sec
    rts
.cleared
    lda wave
    cmp #LAST_WAVE
    bcs .last
    inc wave
.last
    jsr NewWave
    sec
    rts

; Bombs fall one line a frame, from wave to wave faster.
MoveBombs SUBROUTINE
    ldx #1
.bomb
    stx count
    lda bombY,x
    cmp #NONE
    beq .next
    lda frame
    and #7
    ldy wave
    cmp BombEase,y          ; carry set in frames with a second line
    lda bombY,x
    adc #1
.moved
    sta bombY,x
    cmp #GROUND_Y-SHOT_LINES+1
    bcs .gone
    cmp #CANNON_Y-SHOT_LINES+1
    bcc .shield
    lda bombX,x
    clc
    adc #SHOT_WIDTH-1
    sec
    sbc cannonX
    cmp #8+SHOT_WIDTH-1
    bcs .next
    jmp LoseCannon
.shield
    clc
    adc #SHOT_LINES-1
    sta testY
    lda bombX,x
    sta testX
    jsr HitShield
    ldx count
    bcc .next
.gone
    lda #NONE
    sta bombY,x
.next
    ldx count
    dex
    bpl .bomb
    rts

LoseCannon SUBROUTINE
    jsr NoShots
    lda #PAUSE
    sta pause
    SOUND 8, 20, 50
    dec lives
    bne .done
    lda #$80
    sta gameOver
.done
    rts

; The swarm's step: sideways, or down and about at an edge.
March SUBROUTINE
    dec march
    beq .step
    rts
.step
    jsr SetMarch
    lda legs
    eor #INVADER_LINES
    sta legs
    lda soundTime
    bne .busy
    SOUND 12, 26, 3
.busy
    lda #0                  ; which files still have an invader
    sta testX
    sta testY
    ldx #RANKS-1
.rank
    lda evenFiles,x
    ora testX
    sta testX
    lda oddFiles,x
    ora testY
    sta testY
    dex
    bpl .rank
    bit goesLeft
    bmi .left
    ldx #FILES
.rightmost
    dex
    jsr HasFile
    beq .rightmost
    lda FileX,x
    clc
    adc swarmX
    cmp #RIGHT_EDGE-STEP+1
    bcs .drop
    lda swarmX
    adc #STEP
    sta swarmX
    rts
.left
    ldx #-1
.leftmost
    inx
    jsr HasFile
    beq .leftmost
    lda FileX,x
    clc
    adc swarmX
    cmp #LEFT_EDGE+STEP
    bcc .drop
    lda swarmX
    sbc #STEP
    sta swarmX
    rts
.drop
    lda goesLeft
    eor #$80
    sta goesLeft
    ldx ranks
    lda swarmY
    clc
    adc #DROP
    cmp LandingY,x
    bcc .above
    lda #0                  ; landed
    sta lives
    lda #$80
    sta gameOver
    lda LandingY,x
.above
    sta swarmY
.done
    rts

; Zero set when file X is empty in the rank or ranks whose even files are in testX and odd ones in testY.
HasFile SUBROUTINE
    lda FileArray,x
    bne .odd
    lda testX
    and FileBit,x
    rts
.odd
    lda testY
    and FileBit,x
    rts

; Now and then an invader of the lowest rank drops a bomb, if one of two is free.
DropBomb SUBROUTINE
    ldx wave
    lda frame
    and BombPeriod,x
    bne .done
    ldy #1
    lda bombY+1
    cmp #NONE
    beq .free
    dey
    lda bombY
    cmp #NONE
    bne .done
.free
    ldx ranks
    lda evenFiles-1,x
    sta testX
    lda oddFiles-1,x
    sta testY
    lda random
    and #7
    tax
    cpx #FILES
    bcc .file
    dex                     ; 6 and 7 stand for files 2 and 3
    dex
    dex
    dex
.file
    jsr HasFile
    beq .done
    lda FileX,x
    clc
    adc swarmX
    clc
    adc #3
    sta bombX,y
    ldx ranks
    lda RankEnds,x
    clc
    adc swarmY
    sta bombY,y
.done
    rts

; What the kernel needs to know of the swarm and the cannon.
FindPlaces SUBROUTINE
    ldx #RANKS-1
.rank
    ldy evenFiles,x
    beq .noEven
    lda swarmX
    clc
    adc FirstX,y
    tay
    lda PlaceTable,y
    bne .even
.noEven
    lda #2
.even
    sta places,x
    ldy oddFiles,x
    beq .noOdd
    lda swarmX
    clc
    adc FirstX,y
    clc
    adc #FILE_WIDTH
    tay
    lda PlaceTable,y
    bne .odd
.noOdd
    lda #2
.odd
    sta places+RANKS,x
    dex
    bpl .rank
    lda #FIELD_LINES
    sec
    sbc swarmY
    sta rankEnd
    ldy cannonX
    lda PlaceTable,y
    sta cannonPlace
    ldx #Cannon-Shapes+7
    lda pause
    beq .whole
    ldx #Wreck-Shapes+7
    and #8
    beq .whole
    ldx #Wreck-Shapes+15
.whole
    stx cannonShape
    rts

; ---- Tables ----

Points      dc.b $25, $20, $15, $10, $05
WaveY       dc.b START_Y, START_Y+6, START_Y+12, START_Y+18, START_Y+24, START_Y+30, START_Y+30, START_Y+30, START_Y+30
WaveHaste   dc.b 0, 1, 2, 3, 4, 5, 6, 7, 8             ; frames less between steps
BombEase    dc.b 8, 6, 5, 4, 3, 2, 2, 1, 1          ; frames of eight in which a bomb falls one line, else two
BombPeriod  dc.b 31, 31, 15, 15, 15, 15, 7, 7, 7    ; a bomb may be dropped when the frame has these bits clear
; By file.
FileArray   dc.b 0, RANKS, 0, RANKS, 0, RANKS
FileBit     dc.b 1, 1, 2, 2, 4, 4
FileX       dc.b 0, 16, 32, 48, 64, 80
; By the three bits of a rank's even or odd files: where the first copy stands, which NUSIZ, whether there is any.
FirstX      dc.b 0, 0, 32, 0, 64, 0, 32, 0
Copies      dc.b 0, 0, 0, 2, 0, 4, 2, 6
Visible     dc.b 0, $FF, $FF, $FF, $FF, $FF, $FF, $FF
; By rank, and by ranks left.
RankColour  dc.b $46, $36, $2A, $C8, $9A
RankShape   dc.b 7, 16+7, 16+7, 32+7, 32+7
RankEnds    dc.b 0, RANK_LINES, 2*RANK_LINES, 3*RANK_LINES, 4*RANK_LINES, 5*RANK_LINES
LandingY    dc.b 0, SHIELD_Y-1-RANK_LINES, SHIELD_Y-1-2*RANK_LINES, SHIELD_Y-1-3*RANK_LINES
            dc.b SHIELD_Y-1-4*RANK_LINES, SHIELD_Y-1-5*RANK_LINES
; By playfield column from the eighth: shields stand at 32-47, 72-87 and 112-127.
ShieldByte  dc.b 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3
ShieldBit   dc.b $08, $04, $02, $01, 0, 0, 0, 0, 0, 0, $40, $80, $10, $20, 0, 0, 0, 0, 0, 0, $08, $04, $02, $01
WholeShields
    dc.b $06, $80, $10, $06
    dc.b $0F, $C0, $30, $0F
    dc.b $0F, $C0, $30, $0F
    dc.b $09, $40, $20, $09

    ALIGN 256
; Eight lines each, the bottom first; of each invader two, one for every other step.
Shapes
    dc.b %01000010,%00100100,%00011000,%00111100,%01100110,%11111111,%11011011,%10011001
    dc.b %00100100,%00100100,%00011000,%10111101,%11100111,%11111111,%10011001,%00011000
    dc.b %10000001,%01100110,%00111100,%10111101,%11111111,%01011010,%00111100,%01000010
    dc.b %00100100,%01000010,%10111101,%00111100,%11111111,%01011010,%01111110,%10000001
    dc.b %00100100,%10100101,%10100101,%11111111,%11111111,%11011011,%01111110,%00111100
    dc.b %10000001,%01011010,%01011010,%11111111,%11111111,%10111101,%01111110,%00111100
Cannon
    dc.b %11011011,%11011011,%11111111,%11111111,%01111110,%00111100,%00011000,%00011000
Wreck
    dc.b %11111110,%01011010,%00101101,%01000010,%00010000,%01000100,%00000000,%00000000
    dc.b %01101111,%10110010,%00010110,%01001000,%10000001,%00100100,%01000010,%00001000

    PLACE_CODE
    SCORE_CODE
    FONT

; Bits of shot and bombs for field lines from below, read at Y + top.
    ALIGN 256
BallTable
    ds FIELD_LINES-SHOT_LINES+1, 0
    ds SHOT_LINES, 2
    ds NONE, 0

    ORG $FFFC
    dc.w Start
    dc.w Start
